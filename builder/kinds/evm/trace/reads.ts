import { evaluateRow, fillRow, type Hash } from "../../../../circuits/bus/evaluate.ts";
import { type FieldsOf, type TupleName, TUPLES } from "../../../../circuits/bus/tuples.ts";
import type { TraceRow } from "./trace-row.ts";

/** How often tuples are received, so that their sender may send them as often. */
export class Reads {
  readonly #counts = new Map<string, bigint>();

  /** Counts what rows receive of one type. */
  count(rows: Iterable<TraceRow>, tuple: TupleName, hash: Hash): void {
    for (const { type, given } of rows) {
      if (!type.terms.some((term) => term.tuple === tuple)) continue;
      for (const { tuple: name, elements, times } of evaluateRow(type, fillRow(type, given, hash), hash)
        .entries)
        if (name === tuple && times < 0n) this.#add(nameOf(tuple, elements), -times);
    }
  }

  of<Name extends TupleName>(tuple: Name, fields: FieldsOf<Name, bigint>): bigint {
    const values: Readonly<Record<string, bigint>> = fields;
    const elements = Object.keys(TUPLES[tuple].fields).map((field) => values[field] ?? 0n);
    return this.#counts.get(nameOf(tuple, elements)) ?? 0n;
  }

  #add(name: string, times: bigint): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0n) + times);
  }
}

function nameOf(tuple: TupleName, elements: readonly bigint[]): string {
  return `${tuple}(${elements.join(", ")})`;
}
