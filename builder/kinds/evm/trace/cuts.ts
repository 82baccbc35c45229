import { evaluateRow, fillRow } from "../../../../circuits/bus/evaluate.ts";
import { TUPLES } from "../../../../circuits/bus/tuples.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import type { TraceRow } from "./trace-row.ts";

const PLACES = Object.keys(TUPLES.cut.fields);

/** Rows that cut halves for those that ask for it, one for each half and place. */
export function cutRows(rows: readonly TraceRow[]): TraceRow[] {
  const cuts = new Map<string, Record<string, bigint>>();
  for (const { type, given } of rows) {
    if (!type.terms.some(({ tuple }) => tuple === "cut")) continue;
    for (const { tuple, elements, times } of evaluateRow(type, fillRow(type, given, noHash), noHash)
      .entries) {
      if (tuple !== "cut") continue;
      const {
        exponent = 0n,
        top = 0n,
        rest = 0n,
      } = Object.fromEntries(PLACES.map((name, place) => [name, elements[place] ?? 0n]));
      const key = elements.join();
      cuts.set(key, { exponent, top, rest, reads: (cuts.get(key)?.reads ?? 0n) - times });
    }
  }
  return [...cuts.values()].map((given) => ({ type: STEPS.cut, given }));
}

function noHash(): never {
  throw new RangeError("a row that cuts hashes");
}
