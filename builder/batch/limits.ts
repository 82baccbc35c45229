import { type Action, ActionKind } from "../protocol/action.ts";
import { gasToGive } from "../protocol/call-gas.ts";
import { LockstepError } from "../protocol/errors.ts";
import { type Execution, MarkKind } from "../protocol/execution.ts";
import { L1 } from "../protocol/ids.ts";
import {
  CALLS_PER_FREE_SLOT,
  DISTANCE_BYTES,
  ENTRY_BYTES,
  HEAD_SLOTS,
  INDEX_BYTES,
  MAX_EXECUTIONS,
  MAX_TABLE_BYTES,
  maxCall,
  maxEffects,
  maxResult,
  maxRoots,
  maxUndoing,
  RECORD_BYTES,
  SLOT_BYTES,
  type TableRollup,
} from "./table-layout.ts";

/** Gas that one transaction may use (EIP-7825). */
export const MAX_TRANSACTION_GAS = 1n << 24n;

/** The batch exceeds a limit of L1's. Fewer transactions may fit. */
export class BatchTooLargeError extends LockstepError {
  constructor(what: string, value: bigint | number | string, limit: bigint | number) {
    super("BATCH_TOO_LARGE", `${what}: ${value.toString()}, but L1 takes at most ${limit.toString()}`);
  }
}

/** @throws {BatchTooLargeError} */
export function checkLimits(executions: readonly Execution[]): void {
  const calls = executions.filter(({ actions }) => actions[0]?.kind === ActionKind.CALL).length;
  if (calls > MAX_EXECUTIONS) throw new BatchTooLargeError("calls", calls, MAX_EXECUTIONS);
  const bytes = maxTableBytes(executions);
  if (bytes > MAX_TABLE_BYTES) throw new BatchTooLargeError("bytes of table", bytes, MAX_TABLE_BYTES);
}

/** Gas that must be there for the L1 calls of L2 transactions, should each use up all that it says. */
export function promisedGas(executions: readonly Execution[]): bigint {
  const calls = executions.filter(isTransaction).flatMap(({ actions }) => actions);
  return calls
    .filter(({ kind, to, gas }) => kind === ActionKind.CALL && to === L1 && gas > 0)
    .reduce((sum, { gas }) => sum + gasToGive(gas), 0n);
}

/**
 * The most that the contract stores of the executions. Every effect is counted with all its fields, and every
 * rollup in every step: what L1 is told in which step is the planner's matter.
 */
export function maxTableBytes(executions: readonly Execution[]): number {
  const calls = executions.filter((execution) => !isTransaction(execution)).length;
  const slots = calls + Math.floor(calls / CALLS_PER_FREE_SLOT);
  const front = HEAD_SLOTS * SLOT_BYTES + slots * INDEX_BYTES;
  return executions.reduce((sum, execution) => sum + maxExecutionBytes(execution), front);
}

/** Opening and first step of a transaction are played at once and not stored. */
function maxExecutionBytes(execution: Execution): number {
  const rollups = rollupsOf(execution);
  const steps = execution.actions.map((action) => maxStep(action, rollups)).filter((bytes) => bytes !== 0);
  const [first = 0, ...others] = steps;
  const alternatives = execution.marks.filter(({ kind }) => kind === MarkKind.RESUME).length;
  const rest = others.reduce((sum, bytes) => sum + RECORD_BYTES + bytes, alternatives * DISTANCE_BYTES);
  return isTransaction(execution) ? rest : ENTRY_BYTES + maxRoots(rollups) + first + rest;
}

function isTransaction({ actions }: Execution): boolean {
  return actions[0]?.kind === ActionKind.L2TX;
}

function rollupsOf({ actions, visits }: Execution): TableRollup[] {
  const moving = new Set(actions.flatMap(({ value, from, to }) => (value === 0n ? [] : [from, to])));
  return [...new Set(visits.map(({ rollup }) => rollup))].map((id) => ({ id, movesValue: moving.has(id) }));
}

/** Of the step that the action ends: what L1 does next, or an undoing that L1 may have to follow. Else 0. */
function maxStep(action: Action, rollups: readonly TableRollup[]): number {
  const { kind, from, to, failed } = action;
  if (kind === ActionKind.CALL && to === L1) return maxEffects(rollups) + maxCall(action);
  if (kind === ActionKind.RESULT && to === L1) return maxEffects(rollups) + maxResult(action);
  const undoes = kind === ActionKind.REVERT || (kind === ActionKind.RESULT && failed && from !== L1);
  return undoes ? maxUndoing(rollups) : 0;
}
