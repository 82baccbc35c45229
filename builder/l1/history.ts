import { type Address, getAbiItem, type Hex, keccak256, TransactionNotFoundError } from "viem";
import type { L1Client } from "./client.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { ActionKind } from "../protocol/action.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { Execution } from "../protocol/execution.ts";
import { type ChainId, chainId } from "../protocol/ids.ts";
import { type BatchContent, decodeBatch } from "../protocol/batch-decode.ts";

/** Where on L1 something was said. */
export interface Place {
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  readonly transaction: Hex;
  /** Among the logs of its block. */
  readonly logIndex: number;
}

/** `RollupVisited`: a batch that was posted here has visits of the rollup. */
export interface Posting extends Place {
  readonly rollup: ChainId;
  readonly batch: Hex;
}

/** `ExecutionConsumed`: an execution took effect. */
export interface Consumption extends Place {
  readonly batch: Hex;
  /** Index in the batch. */
  readonly execution: number;
  /** Which of its endings was reached. */
  readonly ending: number;
}

/** An execution that took effect on L1. The same one of the same batch may be there more than once. */
export interface ConsumedExecution {
  readonly execution: Execution;
  /** Which of its endings was reached. */
  readonly ending: number;
  /** Timestamp of its batch, seconds. */
  readonly timestamp: bigint;
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  /** The L1 transaction in which it took effect: the caller's, or the batch's for an L2 transaction. */
  readonly transaction: Hex;
}

/** What history says of an execution that took effect: what it was, or why it cannot be read. */
export interface HistoryEntry {
  readonly at: Consumption;
  /** Those of the rollups asked for that its batch visits. */
  readonly rollups: ReadonlySet<ChainId>;
  readonly content: ConsumedExecution | LockstepError;
}

/** A batch is on L1, but its content cannot be found there. */
export class BatchContentMissingError extends LockstepError {
  constructor(batch: Hex, transaction: Hex, reason: string) {
    super("BATCH_CONTENT_MISSING", `batch ${batch}, posted by ${transaction}: ${reason}`);
  }
}

/** Batches named in one request for logs. */
const BATCHES_AT_ONCE = 256;

const ROLLUP_VISITED = getAbiItem({ abi: rollupsAbi, name: "RollupVisited" });
const EXECUTION_CONSUMED = getAbiItem({ abi: rollupsAbi, name: "ExecutionConsumed" });
const BATCH_DATA = getAbiItem({ abi: rollupsAbi, name: "BatchData" });

/**
 * Reads every execution that took effect in the given blocks, of batches that visit one of the rollups, in
 * the order in which they did. Other batches are not looked at: their content is not checked yet.
 * @throws what reading L1 throws. What is on L1 cannot make it throw.
 */
export async function readHistory(
  l1: L1Client,
  manager: Address,
  rollups: readonly ChainId[],
  fromBlock: bigint,
  toBlock: bigint,
): Promise<HistoryEntry[]> {
  if (fromBlock > toBlock || rollups.length === 0) return [];
  const range = { address: manager, fromBlock, toBlock, strict: true } as const;
  const visited = await l1.getLogs({ ...range, event: ROLLUP_VISITED, args: { rollup: rollups } });
  const postings = visited.map(({ args, ...log }) => ({
    rollup: chainId(args.rollup),
    batch: args.batch,
    ...placeOf(log),
  }));
  const ids = [...new Set(postings.map(({ batch }) => batch))];
  const consumptions: Consumption[] = [];
  for (let at = 0; at < ids.length; at += BATCHES_AT_ONCE) {
    const batch = ids.slice(at, at + BATCHES_AT_ONCE);
    for (const { args, ...log } of await l1.getLogs({
      ...range,
      event: EXECUTION_CONSUMED,
      args: { batch },
    }))
      consumptions.push({
        batch: args.batch,
        execution: args.execution,
        ending: args.ending,
        ...placeOf(log),
      });
  }
  return await gather(postings, consumptions, (batch, among) => readCalldata(l1, manager, batch, among));
}

/**
 * Puts together what L1 said.
 * @param calldataOf the calldata of a batch that was posted in these places, if it can be found; it need not
 * be checked.
 * @throws what `calldataOf` throws.
 */
export async function gather(
  postings: readonly Posting[],
  consumptions: readonly Consumption[],
  calldataOf: (batch: Hex, postings: readonly Posting[]) => Promise<Hex | undefined>,
): Promise<HistoryEntry[]> {
  const byBatch = Map.groupBy(postings, ({ batch }) => batch);
  const contents = new Map<Hex, BatchContent | LockstepError>();
  const entries: HistoryEntry[] = [];
  for (const at of consumptions.toSorted(inOrder)) {
    const { batch } = at;
    const own = byBatch.get(batch) ?? [];
    // A batch is named by the hash of its calldata: wherever it is found, it is the same one.
    const content = contents.get(batch) ?? (await contentOf(at, own, calldataOf));
    contents.set(batch, content);
    const rollups = new Set(own.map(({ rollup }) => rollup));
    entries.push({ at, rollups, content: executionAt(at, content) });
  }
  return entries;
}

/** What could be read. */
export function readable(history: readonly HistoryEntry[]): ConsumedExecution[] {
  return history.flatMap(({ content }) => (content instanceof LockstepError ? [] : [content]));
}

/**
 * The execution that a transaction signed for a rollup caused, if it took effect.
 * @param id keccak256 of its bytes.
 */
export function findL2Transaction(
  history: readonly HistoryEntry[],
  rollup: ChainId,
  id: Hex,
): ConsumedExecution | undefined {
  return readable(history).find(({ execution: { actions } }) => {
    const [trigger] = actions;
    return trigger?.kind === ActionKind.L2TX && trigger.to === rollup && keccak256(trigger.data) === id;
  });
}

async function contentOf(
  { batch, transaction }: Consumption,
  postings: readonly Posting[],
  calldataOf: (batch: Hex, postings: readonly Posting[]) => Promise<Hex | undefined>,
): Promise<BatchContent | LockstepError> {
  const posted = postings[0]?.transaction ?? transaction;
  const calldata = await calldataOf(batch, postings);
  if (calldata === undefined || keccak256(calldata) !== batch) {
    const reason = "neither the transaction's input nor BatchData contains it";
    return new BatchContentMissingError(batch, posted, reason);
  }
  try {
    return decodeBatch(batch, calldata);
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
}

function executionAt(
  { batch, execution: index, ending, blockNumber, blockHash, transaction }: Consumption,
  content: BatchContent | LockstepError,
): ConsumedExecution | LockstepError {
  if (content instanceof LockstepError) return content;
  const execution = content.executions[index];
  if (execution === undefined)
    return new BatchContentMissingError(batch, transaction, `it has no execution ${index}`);
  return { execution, ending, timestamp: content.timestamp, blockNumber, blockHash, transaction };
}

/**
 * A batch's calldata is the input of the transaction that posted it, or stands in an event if a contract did.
 */
async function readCalldata(
  l1: L1Client,
  manager: Address,
  batch: Hex,
  postings: readonly Posting[],
): Promise<Hex | undefined> {
  const places = new Map(postings.map((posting) => [posting.transaction, posting]));
  for (const { transaction, blockNumber, blockHash } of places.values()) {
    const input = await inputOf(l1, transaction);
    if (input !== undefined && keccak256(input) === batch) return input;
    const block = { fromBlock: blockNumber, toBlock: blockNumber } as const;
    const logs = await l1.getLogs({
      address: manager,
      ...block,
      event: BATCH_DATA,
      args: { batch },
      strict: true,
    });
    const told = logs.find((log) => log.blockHash === blockHash && keccak256(log.args.data) === batch);
    if (told !== undefined) return told.args.data;
  }
  return undefined;
}

async function inputOf(l1: L1Client, hash: Hex): Promise<Hex | undefined> {
  try {
    return (await l1.getTransaction({ hash })).input;
  } catch (error) {
    if (error instanceof TransactionNotFoundError) return undefined;
    throw error;
  }
}

function placeOf({
  blockNumber,
  blockHash,
  transactionHash: transaction,
  logIndex,
}: {
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}): Place {
  return { blockNumber, blockHash, transaction, logIndex };
}

function inOrder(a: Place, b: Place): number {
  if (a.blockNumber !== b.blockNumber) return a.blockNumber < b.blockNumber ? -1 : 1;
  return a.logIndex - b.logIndex;
}
