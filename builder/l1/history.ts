import { type Address, getAbiItem, type Hex, keccak256, TransactionNotFoundError } from "viem";
import type { L1Client } from "./client.ts";
import type { BlockRange } from "./log-ranges.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { Execution } from "../protocol/execution.ts";
import { transactionsOf } from "../protocol/execution/transactions.ts";
import { type ChainId, chainId } from "../protocol/ids.ts";
import { type Batch, decodeBatch } from "../protocol/batch.ts";

/** Where on L1 something was said. */
export interface LogLocation {
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  readonly transaction: Hex;
  /** Among the logs of its block. */
  readonly logIndex: number;
}

/** `RollupVisited`: a batch that was posted here has visits of the rollup. */
export interface Posting extends LogLocation {
  readonly rollup: ChainId;
  readonly batch: Hex;
}

/** `ExecutionConsumed`: an execution took effect. */
export interface Consumption extends LogLocation {
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

/** What L1 says in some blocks. */
interface Said {
  readonly postings: readonly Posting[];
  readonly consumptions: readonly Consumption[];
}

/** What was read of a history before reading failed: the next read of the same history goes on from there. */
export class HistoryProgress {
  /** What is being read: its first block, and of which rollups. */
  #subject = "";
  /** The last block that was read. */
  #at: { readonly number: bigint; readonly hash: Hex } | undefined;
  #said: Said[] = [];

  get postings(): readonly Posting[] {
    return this.#said.flatMap(({ postings }) => postings);
  }

  get consumptions(): readonly Consumption[] {
    return this.#said.flatMap(({ consumptions }) => consumptions);
  }

  /**
   * Forgets all that is not of this history, or no longer L1's.
   * @returns the first block that is not read.
   */
  async resume(l1: L1Client, rollups: readonly ChainId[], fromBlock: bigint): Promise<bigint> {
    const subject = [fromBlock, ...rollups].join();
    const at = this.#at;
    if (at !== undefined && subject === this.#subject && (await hashOf(l1, at.number)) === at.hash)
      return at.number + 1n;
    this.#subject = subject;
    this.forget();
    return fromBlock;
  }

  /** Everything up to a block was read. */
  add(number: bigint, hash: Hex, said: Said): void {
    this.#at = { number, hash };
    this.#said.push(said);
  }

  forget(): void {
    this.#at = undefined;
    this.#said = [];
  }
}

const ROLLUP_VISITED = getAbiItem({ abi: rollupsAbi, name: "RollupVisited" });
const EXECUTION_CONSUMED = getAbiItem({ abi: rollupsAbi, name: "ExecutionConsumed" });
const BATCH_DATA = getAbiItem({ abi: rollupsAbi, name: "BatchData" });

/**
 * Reads every execution that took effect in the given blocks, of batches that visit one of the rollups, in
 * the order in which they did. Other batches are not looked at: their content is not checked yet.
 * @param progress where an earlier read of the same blocks stopped, if it may be taken up.
 * @throws what reading L1 throws. What is on L1 cannot make it throw.
 */
export async function readHistory(
  l1: L1Client,
  manager: Address,
  rollups: readonly ChainId[],
  fromBlock: bigint,
  toBlock: bigint,
  progress?: HistoryProgress,
): Promise<HistoryEntry[]> {
  if (fromBlock > toBlock || rollups.length === 0) return [];
  const first = await progress?.resume(l1, rollups, fromBlock);
  const postings = [...(progress?.postings ?? [])];
  const consumptions = [...(progress?.consumptions ?? [])];
  const ranges = l1.logRanges.read({ fromBlock: first ?? fromBlock, toBlock }, async (range) => {
    // Before the logs: whatever L1 does between the two, the hash of what it no longer says is not L1's
    // either.
    const hash = progress && (await hashOf(l1, range.toBlock));
    return { last: range.toBlock, hash, said: await readRange(l1, manager, rollups, range) };
  });
  for await (const { last, hash, said } of ranges) {
    postings.push(...said.postings);
    consumptions.push(...said.consumptions);
    if (hash !== undefined) progress?.add(last, hash, said);
  }
  const entries = await gather(postings, consumptions, (batch, among) =>
    readCalldata(l1, manager, batch, among),
  );
  progress?.forget();
  return entries;
}

/** What L1 says in these blocks. A batch takes effect in the block in which it is posted, or not at all. */
async function readRange(
  l1: L1Client,
  manager: Address,
  rollups: readonly ChainId[],
  range: BlockRange,
): Promise<Said> {
  const wanted = { address: manager, ...range, strict: true } as const;
  const visited = await l1.getLogs({ ...wanted, event: ROLLUP_VISITED, args: { rollup: rollups } });
  const postings = visited.map(({ args, ...log }) => ({
    rollup: chainId(args.rollup),
    batch: args.batch,
    ...placeOf(log),
  }));
  const ids = [...new Set(postings.map(({ batch }) => batch))];
  const consumptions: Consumption[] = [];
  for (let at = 0; at < ids.length; at += BATCHES_AT_ONCE) {
    const batch = ids.slice(at, at + BATCHES_AT_ONCE);
    const consumed = await l1.getLogs({ ...wanted, event: EXECUTION_CONSUMED, args: { batch } });
    for (const { args, ...log } of consumed) consumptions.push({ ...args, ...placeOf(log) });
  }
  return { postings, consumptions };
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
  const contents = new Map<Hex, Batch | LockstepError>();
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
  return readable(history).find(({ execution }) =>
    transactionsOf(execution).some((each) => each.rollup === rollup && each.hash === id && !each.failed),
  );
}

async function contentOf(
  { batch, transaction }: Consumption,
  postings: readonly Posting[],
  calldataOf: (batch: Hex, postings: readonly Posting[]) => Promise<Hex | undefined>,
): Promise<Batch | LockstepError> {
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
  content: Batch | LockstepError,
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

async function hashOf(l1: L1Client, blockNumber: bigint): Promise<Hex> {
  return (await l1.getBlock({ blockNumber })).hash;
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
}): LogLocation {
  return { blockNumber, blockHash, transaction, logIndex };
}

function inOrder(a: LogLocation, b: LogLocation): number {
  if (a.blockNumber !== b.blockNumber) return a.blockNumber < b.blockNumber ? -1 : 1;
  return a.logIndex - b.logIndex;
}
