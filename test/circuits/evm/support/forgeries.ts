import { FIELD_MODULUS as P } from "../../../../builder/protocol/ids.ts";
import { fillRow, type Hash, wireValues } from "../../../../circuits/bus/evaluate.ts";
import { type Linear, modulo, ON } from "../../../../circuits/bus/linear.ts";
import type { RowType } from "../../../../circuits/bus/row.ts";
import type { CommittedRow } from "./bus.ts";
import type { Forger } from "./forger.ts";

/** Rows with other committed values, by their number. */
export type Changes = ReadonlyMap<number, readonly bigint[]>;

export interface Forgery {
  /** What is done. */
  readonly how: string;
  /** Does it. Most are not tried in a sample. */
  readonly make: () => Changes;
}

const BORDERS = [0n, 1n, 12n, 24n, 32n, 64n, 128n, 160n, 192n, 253n].map((bits) => 1n << bits);

/** Values beside the true one. */
export function others(value: bigint, random: () => bigint): bigint[] {
  const all = [
    0n,
    1n,
    value + 1n,
    value - 1n,
    random(),
    P - value,
    ...BORDERS,
    ...BORDERS.map((b) => b - 1n),
  ];
  const near = [12n, 24n, 32n, 128n].flatMap((bits) => [value + (1n << bits), value - (1n << bits)]);
  return [...new Set([...all, ...near].map(modulo))].filter((other) => other !== value);
}

/** Numbers of the committed wires of a type, in their order. */
export function committedPlaces(type: RowType): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const [wire, { kind }] of type.wires.entries())
    if (kind === "given" || kind === "hint") places.set(wire, places.size);
  return places;
}

/** The row with the values of some wires changed; what is found from them is found again. */
export function refilled(
  { type, committed }: CommittedRow,
  values: ReadonlyMap<number, bigint>,
  hash: Hash,
): bigint[] {
  const given: Record<string, bigint> = {};
  for (const [wire, place] of committedPlaces(type)) {
    const source = type.wires[wire];
    if (source?.kind === "given") given[source.name] = values.get(wire) ?? committed[place] ?? 0n;
  }
  return fillRow(type, given, hash);
}

/** The row with the values of some wires changed, and nothing else. */
export function changed({ type, committed }: CommittedRow, values: ReadonlyMap<number, bigint>): bigint[] {
  const result = [...committed];
  for (const [wire, place] of committedPlaces(type)) result[place] = values.get(wire) ?? result[place] ?? 0n;
  return result;
}

/** Each committed value alone, with what follows from it left as it is, and found again. */
export function* single(forger: Forger, hash: Hash, random: () => bigint): Generator<Forgery> {
  for (const [at, row] of forger.rows.entries())
    for (const [wire, place] of committedPlaces(row.type))
      for (const value of others(row.committed[place] ?? 0n, random)) {
        const values = new Map([[wire, value]]);
        const how = `${row.type.name}.${nameOf(row.type, wire)} becomes ${value}`;
        yield { how, make: () => new Map([[at, changed(row, values)]]) };
        if (row.type.wires[wire]?.kind !== "given") continue;
        yield {
          how: `${how}, with all that follows`,
          make: () => new Map([[at, refilled(row, values, hash)]]),
        };
      }
}

/** Two values that stand in one sum, so that the sum stays: limb against limb, part against part. */
export function* pairs(forger: Forger, hash: Hash, random: () => bigint): Generator<Forgery> {
  for (const [at, row] of forger.rows.entries()) {
    const places = committedPlaces(row.type);
    for (const sum of sumsOf(row.type)) {
      const parts = [...sum.terms].filter(([wire]) => places.has(wire) && wire !== ON);
      for (const [index, [one, factor]] of parts.entries()) {
        const [other, otherFactor] = parts[(index + 1) % parts.length] ?? [one, factor];
        if (other === one) continue;
        const valueOf = (wire: number): bigint => row.committed[places.get(wire) ?? 0] ?? 0n;
        for (const by of [1n, P - 1n, random()]) {
          const values = new Map([
            [one, modulo(valueOf(one) + by * otherFactor)],
            [other, modulo(valueOf(other) - by * factor)],
          ]);
          const how = `${row.type.name}: ${nameOf(row.type, one)} flows into ${nameOf(row.type, other)}`;
          yield { how, make: () => new Map([[at, changed(row, values)]]) };
          yield {
            how: `${how}, with all that follows`,
            make: () => new Map([[at, refilled(row, values, hash)]]),
          };
        }
        const swapped = new Map([
          [one, valueOf(other)],
          [other, valueOf(one)],
        ]);
        const how = `${row.type.name}: ${nameOf(row.type, one)} and ${nameOf(row.type, other)} change places`;
        if (valueOf(one) !== valueOf(other))
          yield { how, make: () => new Map([[at, refilled(row, swapped, hash)]]) };
      }
    }
  }
}

/**
 * One element of a tuple in the row that sends it and in the row that receives it, so that they still match.
 */
export function* linked(forger: Forger, hash: Hash, random: () => bigint): Generator<Forgery> {
  const senders = new Map<string, { at: number; term: number }[]>();
  const keys = forger.rows.map((row) => termsOf(row, hash));
  for (const [at, all] of keys.entries())
    for (const [term, { key, times }] of all.entries())
      if (times > 0n) senders.set(key, [...(senders.get(key) ?? []), { at, term }]);
  for (const [at, all] of keys.entries())
    for (const [term, { key, times }] of all.entries()) {
      if (times >= 0n) continue;
      for (const sender of senders.get(key) ?? []) {
        if (sender.at === at) continue;
        yield* together(forger, hash, random, sender, { at, term });
      }
    }
}

interface Place {
  readonly at: number;
  readonly term: number;
}

function* together(
  forger: Forger,
  hash: Hash,
  random: () => bigint,
  sender: Place,
  receiver: Place,
): Generator<Forgery> {
  const sides = [sender, receiver].map(({ at, term }) => ({ at, row: rowAt(forger, at), term }));
  const [one, other] = sides;
  if (one === undefined || other === undefined) return;
  const { tuple, elements } = one.row.type.terms[one.term] ?? { tuple: "", elements: [] };
  for (const index of elements.keys())
    for (const by of [1n, P - 1n, 1n << 32n, random()]) {
      const values = new Map<
        number,
        { readonly row: CommittedRow; readonly wire: number; readonly value: bigint }
      >();
      for (const { at, row, term } of sides) {
        const places = committedPlaces(row.type);
        const sum = row.type.terms[term]?.elements[index];
        const part = [...(sum?.terms ?? [])].find(([wire, f]) => wire !== ON && places.has(wire) && f === 1n);
        if (part === undefined) break;
        const [wire] = part;
        const value = modulo((row.committed[places.get(wire) ?? 0] ?? 0n) + by);
        values.set(at, { row, wire, value });
      }
      if (values.size < 2) continue;
      const how = `element ${index} of ${tuple}, from ${one.row.type.name} to ${other.row.type.name}, by ${by}`;
      const make = (): Changes =>
        new Map(
          [...values].map(([at, { row, wire, value }]) => [
            at,
            refilled(row, new Map([[wire, value]]), hash),
          ]),
        );
      yield { how, make };
    }
}

/** One value, wherever it is committed to, becomes another. */
export function* renamed(forger: Forger, hash: Hash, random: () => bigint): Generator<Forgery> {
  const values = new Set(forger.rows.flatMap(({ committed }) => committed));
  for (const value of values) {
    if (value < 2n) continue;
    for (const other of [value + 1n, value - 1n, random()])
      yield { how: `${value} is ${other} everywhere`, make: () => renamedTo(forger, hash, value, other) };
  }
}

function renamedTo(forger: Forger, hash: Hash, value: bigint, other: bigint): Changes {
  const changes = new Map<number, readonly bigint[]>();
  for (const [at, row] of forger.rows.entries()) {
    const wires = [...committedPlaces(row.type)].filter(([, place]) => row.committed[place] === value);
    if (wires.length === 0) continue;
    changes.set(at, refilled(row, new Map(wires.map(([wire]) => [wire, other])), hash));
  }
  return changes;
}

/** The tuples that a row's terms put on the bus, in their order, and how often. */
function termsOf({ type, committed }: CommittedRow, hash: Hash): { key: string; times: bigint }[] {
  const values = wireValues(type, committed, hash);
  return type.terms.map(({ tuple, elements, times }) => {
    const signed = times.evaluate(values);
    return {
      key: `${tuple}(${elements.map((element) => element.evaluate(values)).join()})`,
      times: signed > P / 2n ? signed - P : signed,
    };
  });
}

/** All sums of wires in a type's constraints and terms. */
function sumsOf({ constraints, terms }: RowType): Linear[] {
  const sums = new Map<string, Linear>();
  for (const { one, other, product } of constraints)
    for (const sum of [one, other, product]) sums.set(sum.key, sum);
  for (const { elements } of terms) for (const sum of elements) sums.set(sum.key, sum);
  return [...sums.values()];
}

function nameOf(type: RowType, wire: number): string {
  const source = type.wires[wire];
  return source?.kind === "given" || source?.kind === "hint" ? source.name : "";
}

function rowAt(forger: Forger, at: number): CommittedRow {
  const row = forger.rows[at];
  if (row === undefined) throw new RangeError(`no row ${at}`);
  return row;
}
