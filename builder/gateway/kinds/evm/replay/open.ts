import type { Hex } from "viem";
import type { Chronicle } from "../../../../kinds/evm/chronicle/chronicle.ts";
import type { ChronicleBlock, ChronicleTransaction } from "../../../../kinds/evm/chronicle/types.ts";
import { EvmMachine } from "../../../../kinds/evm/machine.ts";
import type { VisitReceipt } from "../../../../kinds/evm/receipt.ts";
import type { ChainId } from "../../../../protocol/ids.ts";
import type { Backend } from "../../../backend.ts";
import { HistoricalStateError } from "../../../block-errors.ts";
import { TransactionNotFoundError } from "../trace-methods.ts";
import { stateBefore } from "./before.ts";
import { type ExecutableTransaction, executableTransaction } from "./executable.ts";
import type { ReplayState } from "./state.ts";

/** One past transaction, and the rollup as it was before it, with other chains' answers written down. */
export interface Replay extends ExecutableTransaction {
  readonly transaction: ChronicleTransaction;
  readonly block: ChronicleBlock;
  readonly state: ReplayState;
}

/** What a chronicle has of a transaction. */
interface Found extends Pick<Replay, "transaction" | "block"> {
  readonly visit: VisitReceipt;
  /** In its block, in front of it. */
  readonly earlier: readonly ChronicleTransaction[];
}

/**
 * @throws {TransactionNotFoundError}, {HistoricalStateError}, {ReplayDiffersError}, {ReplayRequestError}
 */
export async function openReplay(
  builder: Pick<Backend, "readRollup" | "l1ChainId" | "manager">,
  { rollup, chainId }: { readonly rollup: ChainId; readonly chainId: bigint },
  hash: Hex,
): Promise<Replay> {
  return await builder.readRollup(rollup, async (machine) => {
    if (!(machine instanceof EvmMachine)) throw new Error(`rollup ${rollup} is no EVM rollup`);
    const found = await findVisit(machine.chronicle, hash);
    if (found === undefined) throw new TransactionNotFoundError(hash);
    const { transaction, block, visit, earlier } = found;
    const { l1ChainId, manager } = builder;
    const moment = {
      machine: () => {
        const then = machine.asideAfter(block.number - 1n);
        if (then !== undefined) return then;
        const reason = `the state before block ${block.number} is not kept: it is from block ${machine.oldest} on`;
        throw new HistoricalStateError(reason);
      },
      earlier: earlier.map(({ receipt }) => receipt.actions),
      visit,
      context: { l1ChainId, manager, timestamp: visit.timestamp },
    };
    const state = await stateBefore(moment, rollup);
    const stage = { rollup, l1ChainId, block, state };
    return {
      transaction,
      block,
      state,
      ...(await executableTransaction(stage, transaction, visit, chainId)),
    };
  });
}

async function findVisit(chronicle: Chronicle, hash: Hex): Promise<Found | undefined> {
  const transaction = await chronicle.transaction(hash);
  const block = transaction && (await chronicle.block(transaction.blockNumber));
  const operations = await chronicle.framesOf(hash);
  if (transaction === undefined || block === undefined || operations === undefined) return undefined;
  const all = await chronicle.transactionsOf(block);
  const visit = { ...transaction.receipt, operations };
  return { transaction, block, visit, earlier: all.slice(0, transaction.index) };
}
