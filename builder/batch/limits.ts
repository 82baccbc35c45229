import { size } from "viem";
import { type Action, ActionKind } from "../protocol/action.ts";
import { BATCH_CALL_GAS, gasToGive } from "../protocol/call-gas.ts";
import { LockstepError } from "../protocol/errors.ts";
import { type Execution, MarkKind } from "../protocol/execution.ts";
import { type ChainId, L1 } from "../protocol/ids.ts";
import { touchedAlone } from "./join-transactions.ts";
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

/** Words of an action, and of a visit with its proof, in calldata. */
const ACTION_BYTES = 12 * 32;
const VISIT_BYTES = 22 * 32;
/**
 * About what they cost, from batches that were posted; what a batch really takes is measured before it is
 * sent.
 */
const CALLDATA_GAS = 20n;
const TABLE_SLOT_GAS = 6_000n;
const VISIT_GAS = 40_000n;
const ACTION_GAS = 6_000n;

/** The batch exceeds a limit of L1's. Fewer transactions may fit. */
export class BatchTooLargeError extends LockstepError {
  constructor(what: string, value: bigint | number | string, limit: bigint | number) {
    super("BATCH_TOO_LARGE", `${what}: ${value.toString()}, but L1 takes at most ${limit.toString()}`);
  }
}

/** The most that `Groth16ProofSystem.verify` takes: in all, for each key, and for each proof. */
const VERIFY_GAS = 100_000n;
const KEY_GAS = 250_000n;
const PROOF_GAS = 80_000n;

/** Gas that verifying so many proofs under so many keys takes at most. */
export function maxVerificationGas(proofs: number, keys: number): bigint {
  return VERIFY_GAS + BigInt(keys) * KEY_GAS + BigInt(proofs) * PROOF_GAS;
}

/** Bytes of calldata that a batch may have: nodes take no larger transactions than 128 KiB. */
export const MAX_BATCH_BYTES = 120_000;
/** Bytes that L1 may answer to a rollup with (`contracts/play/Player.sol`). */
export const MAX_RETURN_BYTES = 32_768;
/** Proofs in one batch: more of them make all wait for the last. */
export const MAX_VISITS = 96;

/** What of an execution counts against the limits. */
export type Outline = Pick<Execution, "actions" | "marks"> & {
  readonly visits: readonly Pick<Execution["visits"][number], "rollup">[];
};

/** What executions take of the limits. */
export interface Load {
  readonly calls: number;
  readonly tableBytes: number;
  readonly calldataBytes: number;
  readonly visits: number;
  /** Gas that callees on L1 may use up. */
  readonly promisedGas: bigint;
  /** About what `postBatch` takes. */
  readonly gas: bigint;
  /** By the rollup, how many transactions are in the visit that its next one may become a part of. */
  readonly rows: ReadonlyMap<ChainId, number>;
}

export const NO_LOAD: Load = {
  calls: 0,
  tableBytes: 0,
  calldataBytes: 0,
  visits: 0,
  promisedGas: 0n,
  gas: 0n,
  rows: new Map(),
};

/**
 * What a batch takes that holds these executions as well.
 * @param executions that come after all that are in it.
 * @param mostOf how many of a rollup's transactions are one visit at most (`joinTransactions`).
 */
export function loadWith(
  before: Load,
  executions: readonly Outline[],
  mostOf: (rollup: ChainId) => number = () => 1,
): Load {
  const actions = executions.flatMap((execution) => execution.actions);
  const bytes = actions.reduce((sum, { data }) => sum + ACTION_BYTES + size(data), 0);
  const { rows, joined } = rowsWith(before.rows, executions, mostOf);
  const visits = actions.filter(beginsVisit).length - joined;
  const table = maxTableBytes(executions);
  const perVisit = BigInt(visits) * VISIT_GAS + BigInt(actions.length) * ACTION_GAS;
  const perByte = BigInt(bytes) * CALLDATA_GAS + BigInt(Math.ceil(table / 31)) * TABLE_SLOT_GAS;
  const calls = executions.filter(({ actions: [first] }) => first?.kind === ActionKind.CALL).length;
  return {
    calls: before.calls + calls,
    tableBytes: before.tableBytes + table,
    calldataBytes: before.calldataBytes + bytes + visits * VISIT_BYTES,
    visits: before.visits + visits,
    promisedGas: before.promisedGas + promisedGas(executions),
    gas: before.gas + perVisit + perByte,
    rows,
  };
}

/** Counts the transactions that are no visits of their own. */
function rowsWith(
  before: Load["rows"],
  executions: readonly Outline[],
  mostOf: (rollup: ChainId) => number,
): { readonly rows: Load["rows"]; readonly joined: number } {
  const rows = new Map(before);
  let joined = 0;
  for (const execution of executions) {
    const rollup = touchedAlone(execution);
    if (rollup === undefined) {
      rows.clear();
      continue;
    }
    const length = rows.get(rollup) ?? 0;
    const isPart = length > 0 && length < mostOf(rollup);
    if (isPart) joined++;
    rows.set(rollup, isPart ? length + 1 : 1);
  }
  return { rows, joined };
}

/** Whether a batch of several transactions can hold so much, as far as can be told before it is proven. */
export function fitsBatch(load: Load): boolean {
  return (
    load.calls <= MAX_EXECUTIONS &&
    load.tableBytes <= MAX_TABLE_BYTES &&
    load.calldataBytes <= MAX_BATCH_BYTES &&
    load.visits <= MAX_VISITS &&
    // What callees on L1 leave over in the simulation, they may use up there, and what comes after must not
    // feel it.
    load.promisedGas <= BATCH_CALL_GAS &&
    load.gas + load.promisedGas <= MAX_TRANSACTION_GAS
  );
}

/**
 * Whether L1 can take what one transaction does, in whatever batch: asked when gas is estimated, when a
 * transaction comes in, and when it is put into a batch.
 * @throws {BatchTooLargeError} with the number and its limit.
 */
export function checkTransaction(executions: readonly Outline[]): void {
  checkLimits(executions);
  for (const { actions } of executions) {
    for (const { kind, from, to, data } of actions) {
      const isStored = to === L1 && from !== L1;
      if (isStored && size(data) > MAX_TABLE_BYTES)
        throw new BatchTooLargeError("bytes that a rollup sends to L1", size(data), MAX_TABLE_BYTES);
      const isAnswer = from === L1 && kind === ActionKind.RESULT;
      if (isAnswer && size(data) > MAX_RETURN_BYTES)
        throw new BatchTooLargeError("bytes that L1 returns to a rollup", size(data), MAX_RETURN_BYTES);
    }
  }
  const { calldataBytes } = loadWith(NO_LOAD, executions);
  if (calldataBytes > MAX_BATCH_BYTES)
    throw new BatchTooLargeError("bytes of the batch", calldataBytes, MAX_BATCH_BYTES);
}

/** @throws {BatchTooLargeError} */
export function checkLimits(executions: readonly Outline[]): void {
  const calls = executions.filter(({ actions }) => actions[0]?.kind === ActionKind.CALL).length;
  if (calls > MAX_EXECUTIONS) throw new BatchTooLargeError("calls", calls, MAX_EXECUTIONS);
  const bytes = maxTableBytes(executions);
  if (bytes > MAX_TABLE_BYTES) throw new BatchTooLargeError("bytes of table", bytes, MAX_TABLE_BYTES);
}

/** Gas that must be there for the L1 calls of L2 transactions, should each use up all that it says. */
export function promisedGas(executions: readonly Pick<Execution, "actions">[]): bigint {
  const calls = executions.filter(isTransaction).flatMap(({ actions }) => actions);
  return calls
    .filter(({ kind, to, gas }) => kind === ActionKind.CALL && to === L1 && gas > 0)
    .reduce((sum, { gas }) => sum + gasToGive(gas), 0n);
}

/**
 * The most that the contract stores of the executions. Every effect is counted with all its fields, and every
 * rollup in every step: what L1 is told in which step is the planner's matter.
 */
export function maxTableBytes(executions: readonly Outline[]): number {
  const calls = executions.filter((execution) => !isTransaction(execution)).length;
  const slots = calls + Math.floor(calls / CALLS_PER_FREE_SLOT);
  const front = HEAD_SLOTS * SLOT_BYTES + slots * INDEX_BYTES;
  return executions.reduce((sum, execution) => sum + maxExecutionBytes(execution), front);
}

/** Opening and first step of a transaction are played at once and not stored. */
function maxExecutionBytes(execution: Outline): number {
  const rollups = rollupsOf(execution);
  const steps = execution.actions.map((action) => maxStep(action, rollups)).filter((bytes) => bytes !== 0);
  const [first = 0, ...others] = steps;
  const alternatives = execution.marks.filter(({ kind }) => kind === MarkKind.RESUME).length;
  const rest = others.reduce((sum, bytes) => sum + RECORD_BYTES + bytes, alternatives * DISTANCE_BYTES);
  return isTransaction(execution) ? rest : ENTRY_BYTES + maxRoots(rollups) + first + rest;
}

function isTransaction({ actions }: Pick<Execution, "actions">): boolean {
  return actions[0]?.kind === ActionKind.L2TX;
}

function rollupsOf({ actions, visits }: Outline): TableRollup[] {
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

function beginsVisit({ kind, to }: Action): boolean {
  return to !== L1 && (kind === ActionKind.CALL || kind === ActionKind.L2TX);
}
