import { type Address, type Hex, keccak256 } from "viem";
import { type Action, callAction, hashAction, resultAction } from "../../builder/protocol/action.ts";
import { type Execution, type Mark, MarkKind, type Visit } from "../../builder/protocol/execution.ts";
import { type BatchValue, encodeBatchValue, type RollupProof } from "../../builder/protocol/batch.ts";
import { executionValue } from "../../builder/protocol/execution/encoding.ts";
import { type ChainId, L1, type StateRoot } from "../../builder/protocol/ids.ts";
import { KEY, type Setup } from "./setup.ts";

/** A contract that lives on the tests' rollups. */
export const REMOTE: Address = "0x00000000000000000000000000000000000ace00";
/** Another one. */
export const REMOTE2: Address = "0x0000000000000000000000000000000000beef00";

/** What calls to L1 get that an L2 transaction makes. */
export const GAS = 1_000_000;

interface CallExtras {
  value?: bigint;
  data?: Hex;
  isStatic?: boolean;
  gas?: number;
}

export function call(
  from: ChainId,
  to: ChainId,
  sender: Address,
  target: Address,
  extras: CallExtras = {},
): Action {
  return callAction({ from, to, sender, target, value: 0n, data: "0x", isStatic: false, ...extras });
}

export function result(from: ChainId, to: ChainId, data: Hex = "0x", failed = false): Action {
  return resultAction({ from, to, data, failed });
}

export function visit(rollup: ChainId, rootBefore: StateRoot, rootAfter: StateRoot = rootBefore): Visit {
  return { rollup, rootBefore, rootAfter };
}

/** Visits are in the order in which they end or are abandoned. */
export function execution(
  actions: readonly Action[],
  visits: readonly Visit[],
  marks: readonly Mark[] = [],
): Execution {
  return { actions, visits, marks };
}

/** As many undoings may go back to the call at `at`. */
export function span(at: number, undoings = 1): Mark {
  return { kind: MarkKind.SPAN, at, to: undoings };
}

/** What L1 did from `at` on it undid; what it did instead is from `to` on. */
export function resume(at: number, to: number): Mark {
  return { kind: MarkKind.RESUME, at, to };
}

/** The trigger's call, the RESULT, one visit: the simplest execution. */
export function simpleCall(
  rollup: ChainId,
  sender: Address,
  roots: readonly [StateRoot, StateRoot],
  extras: CallExtras & { answer?: Hex; failed?: boolean } = {},
): Execution {
  const { answer = "0x", failed = false, ...rest } = extras;
  return execution(
    [call(L1, rollup, sender, REMOTE, rest), result(rollup, L1, answer, failed)],
    [visit(rollup, ...roots)],
  );
}

/** One proof for each rollup that is visited, of all its visits. */
export function proofsFor(executions: readonly Execution[], key: Hex = KEY): RollupProof[] {
  const visits = executions.flatMap((item) => item.visits);
  return [...new Set(visits.map((one) => one.rollup))].map((rollup) => ({
    rollup,
    verificationKey: key,
    visits: visits.flatMap((one, at) => (one.rollup === rollup ? [at] : [])),
    proof: "0x",
  }));
}

export async function batchOf(
  setup: Setup,
  executions: readonly Execution[],
  overrides: Partial<BatchValue> = {},
): Promise<BatchValue> {
  const { timestamp } = await setup.publicClient.getBlock();
  return {
    timestamp,
    blobCount: 0,
    executions: executions.map(executionValue),
    proofs: proofsFor(executions),
    ...overrides,
  };
}

/** Hash of the batch's calldata. */
export function batchId(batch: BatchValue): Hex {
  return keccak256(encodeBatchValue(batch));
}

/** Hash of the execution's first action, as `ExecutionNotFound` names it. */
export function triggerHash(item: Execution): Hex {
  const [trigger] = item.actions;
  if (trigger === undefined) throw new Error("an execution has a first action");
  return hashAction(trigger);
}

/** A step of `Actor`. */
export interface Step {
  target: Address;
  value: bigint;
  data: Hex;
  isStatic: boolean;
  mayFail: boolean;
  gas: bigint;
}

export function step(target: Address, data: Hex = "0x", extras: Partial<Step> = {}): Step {
  return { target, value: 0n, data, isStatic: false, mayFail: false, gas: 0n, ...extras };
}
