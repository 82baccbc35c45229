import { evaluatedRow, type FilledRow, unbalanced } from "../../../../circuits/bus/evaluate.ts";
import { circuit } from "../../../../circuits/evm/index.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import type { TraceRow } from "../trace/trace-row.ts";
import type { VisitTrace } from "../trace/visit.ts";
import { codeTraceRows, type SlottedCode } from "./code-rows.ts";
import { MAX_PROOFS } from "./limits.ts";
import { spread } from "./spread.ts";

/** What is proven by at least so many proofs: several of them on one bus are the rule, not the exception. */
const MIN_PROOFS = 2;

/** A statement's rows, shared out among its proofs, before anything is committed to. */
export interface StatementTrace {
  /** What each proof commits to. */
  readonly vectors: readonly (readonly bigint[])[];
  readonly codes: readonly SlottedCode[];
  /** Rows of all proofs, but for tables and those that are not used. */
  readonly rows: number;
  /** Values of these rows that are committed to. */
  readonly committed: number;
}

/** A trace that its own rows contradict: a fault of the program, which no proof would hide. */
export class TraceUnsoundError extends LockstepError {
  constructor(why: string) {
    super("TRACE_UNSOUND", `the trace of the visit does not hold: ${why}`);
  }
}

/**
 * Shares a visit's rows out among proofs, and checks that each row holds and that the bus is balanced.
 * @throws {NotYetProvableError} when they do not fit; {TraceUnsoundError}.
 */
export function statementTrace(poseidon: Poseidon, trace: VisitTrace): StatementTrace {
  const fill = ({ type, given }: TraceRow): FilledRow => evaluatedRow(type, given, poseidon);
  const own = trace.rows.map(fill);
  const { rows: vouching, codes } = codeTraceRows(own, trace.codes);
  const rows = [...own, ...vouching.map(fill)];
  assertSound(rows, trace);
  const proofs = spread(rows, circuit, { atLeast: MIN_PROOFS, atMost: MAX_PROOFS });
  return {
    vectors: proofs.map((each) => circuit.commit(each)),
    codes,
    rows: rows.length,
    committed: rows.reduce((sum, { committed }) => sum + committed.length, 0),
  };
}

function assertSound(rows: readonly FilledRow[], { told }: VisitTrace): void {
  const tables = new Set<string>(circuit.tables.map(({ tuple }) => tuple));
  const entries = [...told];
  for (const { type, broken, entries: own } of rows) {
    const [why] = broken;
    if (why !== undefined) throw new TraceUnsoundError(`row ${type.name}: ${why}`);
    for (const entry of own) if (!tables.has(entry.tuple)) entries.push(entry);
  }
  const [left] = unbalanced(entries);
  if (left !== undefined) throw new TraceUnsoundError(`${left[0]} is left over ${left[1]} times`);
}
