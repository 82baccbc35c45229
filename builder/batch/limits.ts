import { size } from "viem";
import { ActionKind } from "../protocol/action.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { Execution } from "../protocol/execution.ts";
import { L1 } from "../protocol/ids.ts";

/** Bytes that one code object holds: 24 KiB less the STOP in front (EIP-170). */
export const MAX_TABLE_BYTES = 24_575;
/** Calls that L1 can tell apart in one block. */
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

/**
 * Upper bound of the bytes that the contract stores, after the layouts in `contracts/protocol/ExecutionTable.sol` and
 * `Steps.sol`: every effect is counted with all its fields.
 */
export function tableBytes(executions: readonly Execution[]): number {
  const header = 2 + 20 + 32;
  const index = Math.floor((executions.length * 5) / 4) * 32;
  return executions.reduce((sum, execution) => sum + executionBytes(execution), header + index);
}

function executionBytes({ actions, visits }: Execution): number {
  const rollups = new Set(visits.map(({ rollup }) => rollup)).size;
  const opening = 3 + 1 + 2 + 2 + rollups * (8 + 32);
  const effects = 2 + rollups * (8 + 1 + 32 + 16 + 16);
  const next = 1 + 8 + 20 + 20 + 16;
  const steps = actions
    .filter(({ to }) => to === L1)
    .reduce((sum, { data }) => sum + 3 + 32 + effects + next + size(data), 0);
  return opening + steps;
}
