import { type Address, type Hex, keccak256, type Log, parseEventLogs } from "viem";
import type { L1Client } from "../../l1/client.ts";
import { rollupsAbi } from "../../protocol/abi.ts";
import { type Batch, decodeBatch } from "../../protocol/batch.ts";
import { LockstepError } from "../../protocol/errors.ts";

/** An execution took effect. */
export interface Consumed {
  readonly execution: number;
  readonly ending: number;
  readonly transaction: Hex;
  readonly logIndex: number;
}

/** A batch in the block in which it was posted, and what L1 says became of it. */
export interface PostedBatch {
  /** keccak256 of its calldata. */
  readonly id: Hex;
  readonly raw: Hex;
  readonly content: Batch;
  /** Transaction that posted it, and its place in the block. */
  readonly transaction: Hex;
  readonly transactionIndex: number;
  readonly logIndex: number;
  readonly consumed: readonly Consumed[];
  /** Revert data of transactions of rollups that had no effect, by execution. */
  readonly failed: ReadonlyMap<number, Hex>;
  /** Transactions of rollups that were passed over, by execution. */
  readonly skipped: ReadonlySet<number>;
}

/** A block of L1. */
export interface BlockPlace {
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
}

/**
 * The batches that were posted in a block, in order, with all that L1 says of them. One that cannot be read
 * is left out.
 * @throws what reading L1 throws.
 */
export async function batchesIn(
  l1: L1Client,
  manager: Address,
  { blockNumber, blockHash }: BlockPlace,
): Promise<PostedBatch[]> {
  // By the number: what is not of this block, after a reorganisation, is left out by its hash.
  const all = await l1.getLogs({ address: manager, fromBlock: blockNumber, toBlock: blockNumber });
  const logs: Log[] = all.filter((log) => log.blockHash === blockHash);
  const events = parseEventLogs({ abi: rollupsAbi, logs });
  const said = new Map<Hex, Hex>();
  const batches: PostedBatch[] = [];
  const current = new Map<Hex, { consumed: Consumed[]; failed: Map<number, Hex>; skipped: Set<number> }>();
  for (const event of events) {
    if (event.eventName === "BatchData") said.set(event.args.batch, event.args.data);
    if (event.eventName === "BatchPosted") {
      const { batch: id } = event.args;
      const { transactionHash: transaction, transactionIndex, logIndex } = event;
      const raw = said.get(id) ?? (await l1.getTransaction({ hash: transaction })).input;
      const content = contentOf(id, raw);
      if (content === undefined) continue;
      const found = { consumed: [], failed: new Map<number, Hex>(), skipped: new Set<number>() };
      current.set(id, found);
      batches.push({ id, raw, content, transaction, transactionIndex, logIndex, ...found });
    }
    if (event.eventName === "ExecutionConsumed") {
      const { batch, execution, ending } = event.args;
      const { transactionHash: transaction, logIndex } = event;
      current.get(batch)?.consumed.push({ execution, ending, transaction, logIndex });
    }
    if (event.eventName === "ExecutionFailed")
      current.get(event.args.batch)?.failed.set(event.args.execution, event.args.reason);
    if (event.eventName === "ExecutionSkipped")
      current.get(event.args.batch)?.skipped.add(event.args.execution);
  }
  return batches;
}

function contentOf(id: Hex, raw: Hex): Batch | undefined {
  if (keccak256(raw) !== id) return undefined;
  try {
    return decodeBatch(id, raw);
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}
