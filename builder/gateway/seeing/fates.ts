import type { Address, Hex } from "viem";
import type { ExecutionState } from "lockstep-client/rpc-types";
import type { L1Client } from "../../l1/client.ts";
import { traceTransaction } from "../../l1/call-tracer.ts";
import { lowerCase } from "../../protocol/address.ts";
import { ActionKind } from "../../protocol/action.ts";
import { LockstepError } from "../../protocol/errors.ts";
import type { Execution } from "../../protocol/execution.ts";
import type { BlockPlace, PostedBatch } from "./block-batches.ts";
import { callsFrom, isTrigger, type L1Call } from "./l1-calls.ts";
import { type PathTaken, pathTaken } from "./path-taken.ts";

/** What became of an execution in the block of its batch. */
export interface Fate {
  readonly execution: Execution;
  readonly state: ExecutionState;
  readonly path: PathTaken;
  /** Which of its endings L1 reached; none if what it did was undone, or never happened. */
  readonly ending: number | undefined;
  /** Place of the event by which it took effect, among the block's logs. */
  readonly logIndex: number | undefined;
  /** The L1 transaction that made its call; none for a transaction of a rollup. */
  readonly calledBy: Hex | undefined;
  /** Of a rollup's transaction that had no effect. */
  readonly reason?: Hex;
}

/** The calls that a transaction of the block made to rollups. */
interface CallsOf {
  readonly hash: Hex;
  readonly calls: readonly L1Call[];
}

/** Transactions of a block that are looked into for calls of which no event tells. */
const MAX_TRACED = 64;

/**
 * What became of each execution of a batch: by L1's events, and by the node's traces where no event tells,
 * because L1 undid the call or had nothing to note down.
 */
export async function fatesOf(
  l1: L1Client,
  manager: Address,
  batch: PostedBatch,
  block: BlockPlace,
): Promise<Fate[]> {
  const { executions } = batch.content;
  const consumed = new Map(batch.consumed.map((each) => [each.execution, each]));
  const isSilent = ({ actions }: Execution, index: number): boolean =>
    actions[0]?.kind === ActionKind.CALL && !consumed.has(index);
  const callers = executions.some(isSilent) ? await callersIn(l1, manager, batch, block) : [];
  return executions.map((execution, index): Fate => {
    const event = consumed.get(index);
    const isCall = execution.actions[0]?.kind === ActionKind.CALL;
    if (event !== undefined) {
      const { ending, transaction, logIndex } = event;
      const path = pathTaken(execution, ending);
      const calledBy = isCall ? transaction : undefined;
      return { execution, state: "consumed", path, ending, logIndex, calledBy };
    }
    if (isCall) return { ...calledFate(execution, callers), logIndex: undefined };
    const reason = batch.failed.get(index);
    const state = reason !== undefined ? "failed" : batch.skipped.has(index) ? "skipped" : "unused";
    // Where the rollups themselves say that it fails, that is what happened; else L1 went another way.
    const isAnswer = state === "failed" && execution.actions.at(-1)?.failed === true;
    const ending = isAnswer ? 0 : undefined;
    const path = pathTaken(execution, ending);
    const none = { logIndex: undefined, calledBy: undefined };
    return { execution, state, path, ending, ...none, ...(reason === undefined ? {} : { reason }) };
  });
}

function calledFate(execution: Execution, callers: readonly CallsOf[]): Omit<Fate, "logIndex"> {
  const [trigger] = execution.actions;
  const made = callers.flatMap(({ hash, calls }) =>
    calls.filter(({ call }) => isTrigger(trigger, call)).map(({ isUndone }) => ({ hash, isUndone })),
  );
  const live = made.find(({ isUndone }) => !isUndone);
  const nothing = pathTaken(execution, undefined);
  if (live === undefined) {
    const [first] = made;
    const state = first === undefined ? "unused" : "undone";
    return { execution, state, path: nothing, ending: undefined, calledBy: first?.hash };
  }
  // Static and failed calls leave no event: L1 has nothing to note down.
  const endings = nothing.walked.endings;
  const ending = endings.findLastIndex(
    ({ at }) => trigger?.isStatic === true || execution.actions[at]?.failed === true,
  );
  if (ending < 0)
    return { execution, state: "undone", path: nothing, ending: undefined, calledBy: live.hash };
  const path = pathTaken(execution, ending);
  return { execution, state: "answered", path, ending, calledBy: live.hash };
}

/** Calls to rollups of the transactions behind the batch; none where the node does not trace. */
async function callersIn(
  l1: L1Client,
  manager: Address,
  { transactionIndex }: PostedBatch,
  { blockHash }: BlockPlace,
): Promise<CallsOf[]> {
  const { transactions } = await l1.getBlock({ blockHash, includeTransactions: false });
  const callers: CallsOf[] = [];
  for (const hash of transactions.slice(transactionIndex, transactionIndex + MAX_TRACED)) {
    const calls = await callsOf(l1, lowerCase(manager), hash);
    if (calls !== undefined) callers.push({ hash, calls });
  }
  return callers;
}

async function callsOf(l1: L1Client, manager: Address, hash: Hex): Promise<L1Call[] | undefined> {
  try {
    return callsFrom(await traceTransaction(l1, hash, true), manager);
  } catch (error) {
    if (error instanceof LockstepError || isRefusal(error)) return undefined;
    throw error;
  }
}

/** Whether the node answered that it does no such thing. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "number";
}
