import {
  type BusEntry,
  evaluateRow,
  fillRow,
  type Hash,
  unbalanced,
} from "../../../../circuits/bus/evaluate.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";

/** A row and what it commits to. */
export interface CommittedRow {
  readonly type: RowType;
  readonly committed: readonly bigint[];
}

export function commit(
  rows: Iterable<{ readonly type: RowType; readonly given: Readonly<Record<string, bigint>> }>,
  hash: Hash,
): CommittedRow[] {
  return [...rows].map(({ type, given }) => ({ type, committed: fillRow(type, given, hash) }));
}

/** What does not hold: broken constraints, values out of range, and tuples that are not balanced. */
export function flaws(rows: Iterable<CommittedRow>, others: readonly BusEntry[], hash: Hash): string[] {
  const entries = [...others];
  const found: string[] = [];
  for (const { type, committed } of rows) {
    const { entries: own, broken } = evaluateRow(type, committed, hash);
    found.push(...broken.map((why) => `${type.name}: ${why}`));
    for (const sent of own) {
      // What the table of ranges sends by itself.
      if (sent.tuple === "range" && (sent.elements[0] ?? 0n) < 4096n) continue;
      if (sent.tuple === "range") found.push(`${type.name}: ${sent.elements[0]} is in no range`);
      else entries.push(sent);
    }
  }
  for (const [tuple, times] of unbalanced(entries)) found.push(`${tuple}: ${times}`);
  return found;
}
