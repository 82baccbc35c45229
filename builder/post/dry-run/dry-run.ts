import type { Address, Hex } from "viem";
import type { L1Frame } from "../../l1/call-tracer.ts";
import type { NextBlock } from "../../l1/head.ts";
import type { BundleReceipts } from "../bundle.ts";
import type { GasMeasurement } from "./gas-measurement.ts";
import type { NodeReceipt } from "./outcome.ts";
import type { UnsignedRequest } from "./unsigned.ts";

/** The block that is to be made. */
export interface BlockDraft {
  /** EVM chain id. */
  readonly l1ChainId: bigint;
  readonly next: NextBlock;
  /** All of its transactions, signed, in their order. */
  readonly transactions: readonly Hex[];
}

/** What the node makes of a draft; `index` counts the draft's transactions. */
export interface NodeResult {
  /** Nothing for a transaction that the node does not include. */
  receipt(index: number): NodeReceipt | undefined;
  /** Return data, or revert data. */
  data(index: number): Promise<Hex>;
  /** All frames. Costs more than everything else here. */
  trace(index: number): Promise<L1Frame>;
}

/** @throws when the block must not be made. */
export type ResultCheck = (result: NodeResult) => Promise<void>;

/**
 * One way of having a node execute a block before the block counts. Which one a node can do is found out, not
 * configured.
 */
export interface DryRun {
  /** Transactions of a block, the batch aside, beyond which showing them takes too long. */
  readonly most: number;
  /**
   * Measures a transaction that is the first of the block to come.
   * @param limit gas that it may have at most.
   * @throws what the client throws when the node does not execute it at all.
   */
  measure(transaction: UnsignedRequest, next: NextBlock, limit: bigint): Promise<GasMeasurement>;
  /**
   * Whether this much gas is enough for a transaction that is the first of the block to come.
   * @param accepting contracts that are to accept every call.
   * @returns true also if the node has something else against it: that is found out when it is measured.
   * @throws what the client throws when the node does not execute it at all.
   */
  fits(
    transaction: UnsignedRequest,
    next: NextBlock,
    gas: bigint,
    accepting: readonly Address[],
  ): Promise<boolean>;
  /**
   * Has the node execute the draft in the very block to come (number, time, base fee, order, senders, gas
   * limits) and includes it if `check` lets it.
   * @param include makes the block.
   * @throws what `check` threw; the node is then as it was before.
   */
  run(draft: BlockDraft, check: ResultCheck, include: () => Promise<BundleReceipts>): Promise<BundleReceipts>;
}
