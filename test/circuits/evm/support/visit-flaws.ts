import { isDeepStrictEqual } from "node:util";
import { committedNames, evaluateRow, type Hash } from "../../../../circuits/bus/evaluate.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import type { VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { commit, type CommittedRow, flaws } from "./bus.ts";

/** Flaws of a visit's trace. */
export function flawsOf({ rows, told, codes }: VisitTrace, hash: Hash): string[] {
  return flaws(commit(rows, hash), told, hash, codes);
}

/** The trace with some values of the rows of one type changed. */
export function forged(
  trace: VisitTrace,
  type: RowType,
  change: Readonly<Record<string, (value: bigint) => bigint>>,
): VisitTrace {
  const rows = trace.rows.map((row): TraceRow => {
    if (row.type !== type) return row;
    const changed = Object.entries(change).map(([name, to]) => [name, to(row.given[name] ?? 0n)] as const);
    return { type, given: { ...row.given, ...Object.fromEntries(changed) } };
  });
  return { ...trace, rows };
}

/**
 * Committed values of rows of these types that may be 1 more without a flaw, though the row says another
 * thing.
 */
export function survivors(trace: VisitTrace, types: readonly RowType[], hash: Hash): string[] {
  const rows = commit(trace.rows, hash);
  const found: string[] = [];
  for (const [at, { type, committed }] of rows.entries()) {
    if (!types.includes(type)) continue;
    const names = committedNames(type);
    const said = evaluateRow(type, committed, hash);
    for (const [place, value] of committed.entries()) {
      const changed = committed.with(place, value + 1n);
      // Of what a flag switches off, the row says nothing.
      if (isDeepStrictEqual(evaluateRow(type, changed, hash), said)) continue;
      const other: CommittedRow = { type, committed: changed };
      if (flaws(rows.with(at, other), trace.told, hash, trace.codes).length === 0)
        found.push(`${type.name}.${names[place]}`);
    }
  }
  return found;
}

/** Rows without which, or with which twice, the trace has no flaw. */
export function sparable(trace: VisitTrace, hash: Hash): string[] {
  const rows = commit(trace.rows, hash);
  const isWhole = (others: readonly CommittedRow[]): boolean =>
    flaws(others, trace.told, hash, trace.codes).length === 0;
  return rows.flatMap((row, at) =>
    isWhole(rows.toSpliced(at, 1)) || isWhole([...rows, row]) ? [`row ${at}, ${row.type.name}`] : [],
  );
}
