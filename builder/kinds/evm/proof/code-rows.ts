import type { Hex } from "viem";
import { evaluateRow, type Hash } from "../../../../circuits/bus/evaluate.ts";
import type { FilledRow } from "../../../../circuits/bus/circuit.ts";
import { codeHead, codeRow } from "../../../../circuits/evm/code/rows.ts";
import { halves } from "../../../proving/bus/terms.ts";
import type { CodeTable } from "../../../proving/bus/code-commitments.ts";
import { rowTypeNamed } from "./row-types.ts";
import type { TraceRow } from "../trace/trace-row.ts";

/** A code in its slot of the statement. */
export interface SlottedCode {
  readonly slot: number;
  readonly code: Hex;
  readonly table: CodeTable;
  /** The rows that a proof vouches for. */
  readonly used: ReadonlySet<bigint>;
}

/**
 * The rows that vouch for what other rows take from codes: one for each distinct instruction that was
 * executed, and one for the hash of each code.
 */
export function codeTraceRows(
  rows: readonly FilledRow[],
  codes: readonly Omit<SlottedCode, "used">[],
  hash: Hash,
): { readonly rows: readonly TraceRow[]; readonly codes: readonly SlottedCode[] } {
  const taken = new Map<string, { readonly row: bigint; readonly slot: bigint; times: bigint }>();
  const asked = new Map<bigint, bigint>();
  for (const { type, committed } of rows) {
    if (!type.terms.some(({ tuple }) => tuple === "code" || tuple === "slot")) continue;
    for (const { tuple, elements, times } of evaluateRow(type, committed, hash).entries) {
      const [first = 0n, slot = 0n] = elements;
      if (tuple === "slot") asked.set(slot, (asked.get(slot) ?? 0n) - times);
      if (tuple !== "code") continue;
      const key = `${slot} ${first}`;
      const entry = taken.get(key) ?? { row: first, slot, times: 0n };
      taken.set(key, entry);
      entry.times -= times;
    }
  }
  const heads = codes.map(({ slot, table: { codeHash } }): TraceRow => ({
    type: rowTypeNamed(codeHead(slot).name),
    given: { ...halves(BigInt(codeHash)), times: asked.get(BigInt(slot)) ?? 0n },
  }));
  const instructions = [...taken.values()].map(({ row, slot, times }): TraceRow => ({
    type: rowTypeNamed(codeRow(Number(slot)).name),
    given: { row, times },
  }));
  const usedOf = (slot: number): ReadonlySet<bigint> =>
    new Set([...taken.values()].filter((each) => each.slot === BigInt(slot)).map(({ row }) => row));
  return {
    rows: [...heads, ...instructions],
    codes: codes.map((code) => ({ ...code, used: usedOf(code.slot) })),
  };
}
