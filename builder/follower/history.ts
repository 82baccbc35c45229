import { type Address, decodeFunctionData, type Hex, keccak256, parseEventLogs } from "viem";
import type { L1Client } from "../l1/client.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import type { Action } from "../protocol/action.ts";
import { ActionKind } from "../protocol/action.ts";
import { LockstepError } from "../protocol/errors.ts";
import { type Execution, MarkKind } from "../protocol/execution.ts";
import { type ChainId, chainId, stateRoot } from "../protocol/ids.ts";

/** An execution that took effect on L1. */
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

/** A batch is on L1, but its content cannot be found there. */
export class BatchContentMissingError extends LockstepError {
  constructor(batch: Hex, transaction: Hex) {
    super(
      "BATCH_CONTENT_MISSING",
      `batch ${batch} was posted by ${transaction}, but neither its calldata nor a trace of it contains the batch`,
    );
  }
}

/** Reads every execution that took effect in the given blocks, in the order in which they did. */
export async function readHistory(
  l1: L1Client,
  manager: Address,
  fromBlock: bigint,
  toBlock: bigint,
): Promise<ConsumedExecution[]> {
  if (fromBlock > toBlock) return [];
  const raw = await l1.getLogs({ address: manager, fromBlock, toBlock });
  const logs = parseEventLogs({
    abi: rollupsAbi,
    logs: raw,
    eventName: ["BatchPosted", "ExecutionConsumed"],
  });
  const batches = new Map<Hex, Promise<Batch>>();
  const consumed: ConsumedExecution[] = [];
  for (const { eventName, args, transactionHash, blockNumber, blockHash } of logs) {
    const { batch: id } = args;
    if (eventName === "BatchPosted") {
      batches.set(id, readBatch(l1, id, transactionHash));
      continue;
    }
    const batch = await batches.get(id);
    const execution = batch?.executions[args.execution];
    if (batch === undefined || execution === undefined)
      throw new BatchContentMissingError(id, transactionHash);
    const { ending } = args;
    const { timestamp } = batch;
    consumed.push({ execution, ending, timestamp, blockNumber, blockHash, transaction: transactionHash });
  }
  await Promise.all(batches.values());
  return consumed;
}

/** The execution that a transaction signed for a rollup caused, if it took effect. @param id keccak256 of its bytes. */
export function findL2Transaction(
  history: readonly ConsumedExecution[],
  rollup: ChainId,
  id: Hex,
): ConsumedExecution | undefined {
  return history.find(({ execution: { actions } }) => {
    const [trigger] = actions;
    return trigger?.kind === ActionKind.L2TX && trigger.to === rollup && keccak256(trigger.data) === id;
  });
}

interface Batch {
  readonly timestamp: bigint;
  readonly executions: readonly Execution[];
}

/** A batch is named by the hash of its calldata, so what is found is what was proven. */
async function readBatch(l1: L1Client, id: Hex, transaction: Hex): Promise<Batch> {
  const { input } = await l1.getTransaction({ hash: transaction });
  if (keccak256(input) === id) return decodeBatch(input);
  const trace: unknown = await l1.request<{ Method: string; Parameters: unknown[]; ReturnType: unknown }>({
    method: "debug_traceTransaction",
    params: [transaction, { tracer: "callTracer" }],
  });
  const inner = callInputs(trace).find((data) => keccak256(data) === id);
  if (inner === undefined) throw new BatchContentMissingError(id, transaction);
  return decodeBatch(inner);
}

/** Calldata of every call in a `callTracer` trace. */
function callInputs(frame: unknown): Hex[] {
  if (typeof frame !== "object" || frame === null) return [];
  const own = "input" in frame && isHexText(frame.input) ? [frame.input] : [];
  const calls = "calls" in frame && Array.isArray(frame.calls) ? frame.calls.flatMap(callInputs) : [];
  return [...own, ...calls];
}

function isHexText(value: unknown): value is Hex {
  return typeof value === "string" && value.startsWith("0x");
}

function decodeBatch(input: Hex): Batch {
  const { functionName, args } = decodeFunctionData({ abi: rollupsAbi, data: input });
  if (functionName !== "postBatch") throw new LockstepError("NOT_A_BATCH", `calldata of ${functionName}`);
  const [{ timestamp, executions }] = args;
  return {
    timestamp,
    executions: executions.map(({ actions, visits, marks }) => ({
      actions: actions.map((action): Action => ({
        ...action,
        kind: kindOf(action.kind),
        from: chainId(action.from),
        to: chainId(action.to),
      })),
      visits: visits.map(({ rollup, rootBefore, rootAfter }) => ({
        rollup: chainId(rollup),
        rootBefore: stateRoot(BigInt(rootBefore)),
        rootAfter: stateRoot(BigInt(rootAfter)),
      })),
      marks: marks.map(({ kind, at, to }) => ({ kind: markKindOf(kind), at, to })),
    })),
  };
}

function kindOf(kind: number): ActionKind {
  const known = Object.values(ActionKind).find((value) => value === kind);
  if (known === undefined) throw new LockstepError("UNKNOWN_ACTION_KIND", `kind ${kind}`);
  return known;
}

function markKindOf(kind: number): MarkKind {
  const known = Object.values(MarkKind).find((value) => value === kind);
  if (known === undefined) throw new LockstepError("UNKNOWN_MARK_KIND", `kind ${kind}`);
  return known;
}
