import { type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import { rollupsAbi } from "../../protocol/abi.ts";
import type { ChainId } from "../../protocol/ids.ts";
import { batchesIn, type PostedBatch } from "./block-batches.ts";
import { type SeeingContext, seeingOf } from "./context.ts";
import { type Fate, fatesOf } from "./fates.ts";
import { visitHashes } from "./settled-visits.ts";

/** A batch, what became of what is in it, and how its visits are known. */
export interface ServedBatch {
  readonly batch: PostedBatch;
  readonly fates: readonly Fate[];
  /** All that took effect in its block, of all batches, in L1's order. */
  readonly consumed: readonly ConsumedFate[];
  /** Hashes of visits that took effect, by their numbers in the batch. */
  readonly hashes: ReadonlyMap<number, Hex>;
  /** L1 transactions that it served, in the block's order. */
  readonly transactions: readonly Hex[];
}

/** An execution that took effect. */
export interface ConsumedFate {
  readonly fate: Fate;
  readonly transaction: Hex;
  readonly batch: PostedBatch;
}

/**
 * The batch that served a transaction of L1, or that it posted.
 * @returns nothing if it had nothing to do with a batch.
 */
export async function servedBatch(
  context: SeeingContext,
  receipt: TransactionReceipt,
): Promise<ServedBatch | undefined> {
  const { l1, manager } = context.builder;
  const all = await batchesIn(l1, manager, receipt);
  if (all.length === 0) return undefined;
  const fates = new Map<PostedBatch, Fate[]>();
  for (const batch of all) fates.set(batch, await fatesOf(l1, manager, batch, receipt));
  const hash = receipt.transactionHash;
  const [named] = parseEventLogs({ abi: rollupsAbi, logs: receipt.logs, eventName: "ExecutionConsumed" });
  const batch =
    all.findLast(({ transaction }) => transaction === hash) ??
    all.findLast(({ id }) => id === named?.args.batch) ??
    all.findLast((each) => fates.get(each)?.some(({ calledBy }) => calledBy === hash));
  const own = batch && fates.get(batch);
  if (batch === undefined || own === undefined) return undefined;
  const consumed = [...fates]
    .flatMap(([posted, list]) =>
      list.map((fate) => ({ fate, batch: posted, transaction: fate.calledBy ?? posted.transaction })),
    )
    .filter(({ fate }) => fate.state === "consumed")
    .toSorted((a, b) => (a.fate.logIndex ?? 0) - (b.fate.logIndex ?? 0));
  const others = consumed.filter((each) => each.batch !== batch);
  const hashOf = (rollup: ChainId, l1Transaction: Hex, place: number): Hex | undefined =>
    seeingOf(context, rollup)?.visitHash?.(l1Transaction, place);
  return {
    batch,
    fates: own,
    consumed,
    hashes: visitHashes(own, batch.transaction, others, hashOf),
    transactions: await inBlockOrder(context, receipt, batch, own),
  };
}

async function inBlockOrder(
  { builder }: SeeingContext,
  { blockHash }: TransactionReceipt,
  batch: PostedBatch,
  fates: readonly Fate[],
): Promise<Hex[]> {
  const ofRollups = fates.some(({ state, calledBy }) => state === "consumed" && calledBy === undefined);
  const served = new Set<Hex>(ofRollups ? [batch.transaction] : []);
  for (const { calledBy } of fates) if (calledBy !== undefined) served.add(calledBy);
  const { transactions } = await builder.l1.getBlock({ blockHash });
  return transactions.filter((hash) => served.has(hash));
}
