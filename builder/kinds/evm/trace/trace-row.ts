import type { RowType } from "../../../../circuits/bus/row.ts";

/** One row of a trace: its type and the values that it is given (`fillRow` finds the rest). */
export interface TraceRow {
  readonly type: RowType;
  readonly given: Readonly<Record<string, bigint>>;
}
