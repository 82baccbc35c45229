import { assert } from "chai";
import { committedNames } from "../../../../circuits/bus/evaluate.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";
import { FIELD_MODULUS as P } from "../../../../builder/protocol/ids.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import { commit, type CommittedRow, judge, type Surroundings } from "./bus.ts";
import { trace, type Traced, type Wanted } from "./frames.ts";

export type Given = Readonly<Record<string, bigint>>;

/** A lie: rows in the place of honest ones, and what the border would say of it. */
export interface Lie {
  readonly rows: readonly TraceRow[];
  readonly end?: Surroundings["end"];
}

export function inverse(value: bigint): bigint {
  let [result, base] = [1n, value % P];
  for (let power = P - 2n; power > 0n; power >>= 1n, base = (base * base) % P)
    if (power % 2n === 1n) result = (result * base) % P;
  return result;
}

/** Neither constraints nor the balance hold with the lie in them. */
export async function refuse(wanted: Wanted, lie: (honest: Traced) => Lie): Promise<void> {
  const honest = await trace(wanted);
  const before = judge(commit(honest.frame.rows), honest);
  assert.deepEqual([before.broken.length, before.unbalanced.size], [0, 0], "the honest trace");
  const { rows, end = honest.end } = lie(honest);
  const verdict = judge(commit(rows), { ...honest, end });
  assert.notDeepEqual([verdict.broken.length, verdict.unbalanced.size], [0, 0], "the lie");
}

/** The rows, with those of a type changed. */
export function altered(
  rows: readonly TraceRow[],
  type: RowType,
  change: (given: Given, index: number) => Given | undefined,
): TraceRow[] {
  let index = 0;
  return rows.map((row) => {
    if (row.type !== type) return row;
    return { type, given: { ...row.given, ...change(row.given, index++) } };
  });
}

/** A row's committed values, some of them replaced by name: hints too. */
export function patched({ type, values }: CommittedRow, changes: Given): CommittedRow {
  const names = committedNames(type);
  const unknown = Object.keys(changes).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`${type.name} commits to no ${unknown}`);
  return { type, values: names.map((name, index) => changes[name] ?? values[index] ?? 0n) };
}
