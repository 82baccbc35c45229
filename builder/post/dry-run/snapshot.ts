import { type Address, BaseError, type Hex, numberToHex, type TransactionReceipt } from "viem";
import type { L1Client } from "../../l1/client.ts";
import { revertData } from "../contract-error.ts";
import type { BundleReceipts } from "../bundle.ts";
import { HeadMovedError } from "../include.ts";
import { type L1Frame, traceTransaction } from "../../l1/call-tracer.ts";
import type { BlockDraft, DryRun, ResultCheck } from "./dry-run.ts";
import type { NextBlock } from "../../l1/head.ts";
import { acceptAll, type GasMeasurement, isStarved } from "./gas-measurement.ts";
import { revertTo, sendAgain } from "./revert.ts";
import type { UnsignedRequest } from "./unsigned.ts";

/** What nodes say when no gas limit is enough; there is no code for it. */
const OUT_OF_GAS = /out of gas|exceeds allowance/i;

/** A turn is short: timers have made fewer blocks in it. */
const MOST_BLOCKS = 16;

/**
 * For nodes whose calls cannot be put into the block to come (Hardhat's: overrides reach `eth_call` alone,
 * and BASEFEE is 0 in every call), but that can go back to a snapshot: the block itself is made and looked
 * at, and kept if it is as it should be. Else the chain, the pool and the clock go back to where they were. A
 * process that dies between the two leaves a block that was not checked, which is then simply what L1 did.
 */
export class SnapshotDryRun implements DryRun {
  /**
   * To show what a transaction returned, the node executes the block anew up to it: all of them together take
   * time with the square of their number, and until the last was shown, L1 is not read.
   */
  readonly most = 16;
  readonly #l1: L1Client;

  constructor(l1: L1Client) {
    this.#l1 = l1;
  }

  async measure({ from, to, input }: UnsignedRequest): Promise<GasMeasurement> {
    try {
      return { gas: await this.#l1.estimateGas({ account: from, to: to ?? null, data: input ?? "0x" }) };
    } catch (cause) {
      const data = revertData(cause);
      const isOutOfGas = cause instanceof BaseError && OUT_OF_GAS.test(cause.details);
      if (data === undefined && !isOutOfGas) throw cause;
      return { data: data ?? "0x", isOutOfGas, cause };
    }
  }

  async fits(
    { from, to, input }: UnsignedRequest,
    _next: NextBlock,
    gas: bigint,
    accepting: readonly Address[],
  ): Promise<boolean> {
    try {
      const call = { from, to, input, gas: numberToHex(gas) };
      await this.#l1.request<{ Parameters: unknown[]; ReturnType: unknown }>({
        method: "eth_call",
        params: [call, "pending", acceptAll(accepting)],
      });
      return true;
    } catch (cause) {
      if (cause instanceof BaseError && OUT_OF_GAS.test(cause.details)) return false;
      const data = revertData(cause);
      if (data === undefined) throw cause;
      return !isStarved(data);
    }
  }

  async run(
    { next }: BlockDraft,
    check: ResultCheck,
    include: () => Promise<BundleReceipts>,
  ): Promise<BundleReceipts> {
    const snapshot = await this.#l1.snapshot();
    const included = await include();
    const receipts = [
      ...(included.batch === undefined ? [] : [included.batch]),
      ...included.transactions,
    ].map((receipt) => ("refused" in receipt ? undefined : receipt));
    // What others put in front of it, or have built on it, is not ours to take back: `settle` says what came
    // of it.
    const own = receipts.filter((receipt) => receipt !== undefined);
    if (isSplit(included)) {
      if (!(await this.#areOurs(own, next.parentHash))) return included;
      await sendAgain(this.#l1, await revertTo(this.#l1, snapshot), own);
      throw new HeadMovedError();
    }
    if (!(await this.#isOurs(own))) return included;
    try {
      await check({
        receipt: (index) => seenReceipt(receipts[index]),
        data: async (index) => (await this.#trace(receipts[index], false)).output,
        trace: async (index) => await this.#trace(receipts[index], true),
      });
    } catch (error) {
      // Whatever came since would go back as well: others' blocks, and what waits in the node's pool. What
      // comes between this look and the going back is sent again.
      if (!(await this.#isOurs(own)) || !(await this.#isPoolEmpty())) return included;
      const lost = await revertTo(this.#l1, snapshot);
      await sendAgain(this.#l1, lost, own);
      throw error;
    }
    return included;
  }

  /** Whether the newest block is the one with these transactions, and with no others. */
  async #isOurs(receipts: readonly TransactionReceipt[]): Promise<boolean> {
    const { transactions } = await this.#l1.getBlock({ blockTag: "latest" });
    return (
      transactions.length === receipts.length &&
      receipts.every(({ transactionHash }, index) => transactions[index] === transactionHash)
    );
  }

  /** Whether all blocks since the one that was played on hold these transactions alone. */
  async #areOurs(receipts: readonly TransactionReceipt[], parentHash: Hex): Promise<boolean> {
    const own = new Set<Hex>(receipts.map(({ transactionHash }) => transactionHash));
    let block = await this.#l1.getBlock({ blockTag: "latest" });
    for (let count = 0; block.hash !== parentHash; count++) {
      if (count >= MOST_BLOCKS || block.transactions.some((hash) => !own.has(hash))) return false;
      block = await this.#l1.getBlock({ blockHash: block.parentHash });
    }
    return true;
  }

  async #isPoolEmpty(): Promise<boolean> {
    const { transactions } = await this.#l1.getBlock({ blockTag: "pending" });
    return transactions.length === 0;
  }

  async #trace(receipt: TransactionReceipt | undefined, deep: boolean): Promise<L1Frame> {
    if (receipt === undefined) throw new TypeError("a transaction without receipt has no trace");
    return await traceTransaction(this.#l1, receipt.transactionHash, deep);
  }
}

/** Whether a block came between the batch and those that need it: they found no batch in theirs. */
function isSplit({ batch, transactions }: BundleReceipts): boolean {
  return (
    batch !== undefined &&
    transactions.some((each) => !("refused" in each) && each.blockHash !== batch.blockHash)
  );
}

function seenReceipt(receipt: TransactionReceipt | undefined) {
  return receipt === undefined ? undefined : { ...receipt, success: receipt.status === "success" };
}
