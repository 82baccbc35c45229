import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { modulo } from "./linear.ts";
import type { Factor, RowType, WireSource } from "./row.ts";
import { type FieldsOf, type TupleName, TUPLES } from "./tuples.ts";

/** Poseidon as circomlib's, of field elements. */
export type Hash = (inputs: readonly bigint[]) => bigint;

/** A tuple and how often it is sent: negative if it is received. */
export interface BusEntry {
  readonly tuple: TupleName;
  readonly elements: readonly bigint[];
  readonly times: bigint;
}

/** What a row says, given what it commits to. */
export interface EvaluatedRow {
  readonly entries: readonly BusEntry[];
  /** Why each constraint that does not hold is there. */
  readonly broken: readonly string[];
  /** What it vouches for, where it does. */
  readonly vouched: readonly Vouched[];
}

/** A factor of a slot's product: γ less a row of a code, or less the compression of a tuple. */
export type Vouched =
  | { readonly slot: number; readonly value: bigint }
  | { readonly slot: number; readonly tuple: TupleName; readonly elements: readonly bigint[] };

/** A row with what it commits to, and what that says. */
export interface FilledRow extends EvaluatedRow {
  readonly type: RowType;
  readonly committed: readonly bigint[];
}

function isCommitted(source: WireSource): source is Extract<WireSource, { kind: "given" | "hint" }> {
  return source.kind === "given" || source.kind === "hint";
}

/** Names of what a row of the type commits to, in order. */
export function committedNames(type: RowType): string[] {
  return type.wires.filter(isCommitted).map(({ name }) => name);
}

/**
 * What a row commits to: the values given, and the hints that follow from them.
 * @param given by name; those not named are 0. `on` is 1 unless it is given.
 * @throws {RangeError} for a name that the type does not have.
 */
export function fillRow(type: RowType, given: Readonly<Record<string, bigint>>, hash: Hash): bigint[] {
  const names = new Set(type.wires.flatMap((source) => (source.kind === "given" ? [source.name] : [])));
  const unknown = Object.keys(given).find((name) => !names.has(name));
  if (unknown !== undefined) throw new RangeError(`Row ${type.name} takes no ${unknown}`);
  const values: bigint[] = [];
  for (const source of type.wires) {
    if (source.kind === "given") values.push(modulo(given[source.name] ?? (source.name === "on" ? 1n : 0n)));
    else if (source.kind === "hint")
      values.push(modulo(source.compute(...source.of.map((part) => part.evaluate(values)))));
    else values.push(derive(source, values, hash));
  }
  return type.wires.flatMap((source, wire) => (isCommitted(source) ? [values[wire] ?? 0n] : []));
}

/** The values of all wires of a row, in their order. */
export function wireValues(type: RowType, committed: readonly bigint[], hash: Hash): bigint[] {
  const values: bigint[] = [];
  let next = 0;
  for (const source of type.wires) {
    if (isCommitted(source)) values.push(modulo(committed[next++] ?? 0n));
    else values.push(derive(source, values, hash));
  }
  return values;
}

/** Evaluates a row without a proof: its constraints, and what it puts on the bus. */
export function evaluateRow(type: RowType, committed: readonly bigint[], hash: Hash): EvaluatedRow {
  const values = wireValues(type, committed, hash);
  const broken = type.constraints
    .filter(
      ({ one, other, product }) =>
        modulo(one.evaluate(values) * other.evaluate(values) - product.evaluate(values)) !== 0n,
    )
    .map(({ why }) => why);
  const entries = type.terms
    .map(({ tuple, elements, times }) => ({
      tuple,
      elements: elements.map((element) => element.evaluate(values)),
      times: signed(times.evaluate(values)),
    }))
    .filter(({ times }) => times !== 0n);
  const vouched = values[0] === 0n || type.factor === undefined ? [] : [vouch(type.factor, values)];
  return { entries, broken, vouched };
}

/** Fills a row, and evaluates it. */
export function evaluatedRow(type: RowType, given: Readonly<Record<string, bigint>>, hash: Hash): FilledRow {
  const committed = fillRow(type, given, hash);
  return { type, committed, ...evaluateRow(type, committed, hash) };
}

function vouch(factor: Factor, values: readonly bigint[]): Vouched {
  const { slot } = factor;
  if ("value" in factor) return { slot, value: factor.value.evaluate(values) };
  return { slot, tuple: factor.tuple, elements: factor.elements.map((element) => element.evaluate(values)) };
}

/** Number of times each tuple is sent more often than it is received; only those that are not balanced. */
export function unbalanced(entries: Iterable<BusEntry>): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { tuple, elements, times } of entries) {
    const key = `${tuple}(${elements.join(", ")})`;
    const sum = (sums.get(key) ?? 0n) + times;
    if (sum === 0n) sums.delete(key);
    else sums.set(key, sum);
  }
  return sums;
}

function derive(source: WireSource, values: readonly bigint[], hash: Hash): bigint {
  switch (source.kind) {
    case "product":
      return modulo(source.one.evaluate(values) * source.other.evaluate(values));
    case "isZero":
      return source.of.evaluate(values) === 0n ? (values[0] ?? 0n) : 0n;
    case "hash":
      return hash(source.inputs.map((input) => input.evaluate(values)));
    case "given":
    case "hint":
      throw new RangeError(`${source.name} is committed to`);
  }
}

/** Small negative numbers as such. */
function signed(value: bigint): bigint {
  const negative = value - FIELD_MODULUS;
  return -negative < value ? negative : value;
}

/** A tuple that something else than a row sends; received, if `times` is negative. */
export function busEntry<Name extends TupleName>(
  tuple: Name,
  fields: FieldsOf<Name, bigint>,
  times = 1n,
): BusEntry {
  const values: Readonly<Record<string, bigint>> = fields;
  return { tuple, times, elements: Object.keys(TUPLES[tuple].fields).map((name) => values[name] ?? 0n) };
}
