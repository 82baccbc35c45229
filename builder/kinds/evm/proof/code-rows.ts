import type { Hex } from "viem";
import type { FilledRow } from "../../../../circuits/bus/evaluate.ts";
import { CODE_TYPES } from "../../../../circuits/evm/index.ts";
import { halves } from "../../../proving/bus/terms.ts";
import { codeHashOf } from "../reference/code-hash.ts";
import type { TraceRow } from "../trace/trace-row.ts";
import type { VisitTrace } from "../trace/visit.ts";

/** A code in its slot of the statement. */
export interface SlottedCode {
  readonly slot: number;
  readonly code: Hex;
  readonly codeHash: Hex;
  /** The rows that a proof vouches for. */
  readonly used: ReadonlySet<bigint>;
}

/**
 * The rows that vouch for what other rows take from codes: one for each distinct instruction that was
 * executed, and one for the hash of each code.
 */
export function codeTraceRows(
  rows: readonly FilledRow[],
  codes: VisitTrace["codes"],
): { readonly rows: readonly TraceRow[]; readonly codes: readonly SlottedCode[] } {
  const traced = codes.map(({ slot, code }) => {
    const types = CODE_TYPES[Number(slot)];
    if (types === undefined) throw new RangeError(`the circuit has no slot ${slot}`);
    const codeHash = codeHashOf(code);
    const taken = new Map<bigint, bigint>();
    let asked = 0n;
    for (const { tuple, elements, times } of rows.flatMap(({ entries }) => entries)) {
      const [first = 0n, ofSlot] = elements;
      if (ofSlot !== slot) continue;
      if (tuple === "slot") asked -= times;
      if (tuple === "code") taken.set(first, (taken.get(first) ?? 0n) - times);
    }
    const head: TraceRow = { type: types.head, given: { ...halves(BigInt(codeHash)), times: asked } };
    const instructions = [...taken].map(([row, times]): TraceRow => {
      return { type: types.row, given: { row, times } };
    });
    const used = new Set(taken.keys());
    return { rows: [head, ...instructions], code: { slot: Number(slot), code, codeHash, used } };
  });
  return { rows: traced.flatMap((each) => each.rows), codes: traced.map(({ code }) => code) };
}
