import { size } from "viem";
import { type Action, ActionKind } from "../protocol/action.ts";
import { gasToGive } from "../protocol/call-gas.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { Execution } from "../protocol/execution.ts";
import { L1 } from "../protocol/ids.ts";

/** Bytes that a table may have (`contracts/table/Steps.sol`). */
export const MAX_TABLE_BYTES = 24_575;
/** Calls that L1 can tell apart in one table. */
export const MAX_EXECUTIONS = 192;
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
  const bytes = tableBytes(executions);
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
 * Upper bound of the bytes that the contract stores, after the layouts in
 * `contracts/table/ExecutionTable.sol` and `Steps.sol`: every effect is counted with all its fields.
 */
export function tableBytes(executions: readonly Execution[]): number {
  const header = 2 * 31;
  const calls = executions.filter((execution) => !isTransaction(execution)).length;
  const index = Math.floor((calls * 9) / 8) * 4;
  return executions.reduce((sum, execution) => sum + executionBytes(execution), header + index);
}

/** Opening and first step of a transaction are played at once and not stored. */
function executionBytes(execution: Execution): number {
  const { actions, visits } = execution;
  const rollups = new Set(visits.map(({ rollup }) => rollup)).size;
  const opening = 2 + 32 + 1 + 2 + 1 + rollups * (9 + 32);
  // Length, distance to an alternative, expected action, effects.
  const record = 2 + 2 + 32 + 1 + rollups * (1 + 9 + 32 + 16 + 16);
  const next = 1 + 2 + 9 + 20 + 20 + 16 + 4;
  const [first = 0, ...others] = actions
    .filter((action) => endsStep(action))
    .map(({ data }) => record + next + size(data));
  const rest = others.reduce((sum, bytes) => sum + bytes, 0);
  return isTransaction(execution) ? rest : opening + first + rest;
}

function isTransaction({ actions }: Execution): boolean {
  return actions[0]?.kind === ActionKind.L2TX;
}

/** What L1 does next, or an undoing that L1 may have to follow. */
function endsStep({ kind, from, to, failed }: Action): boolean {
  if (kind === ActionKind.RESULT && failed && from !== L1) return true;
  return to === L1;
}
