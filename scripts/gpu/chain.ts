import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import type { CircuitInput } from "../../builder/proving/circuit-job.ts";
import { viewOf, writeBinaryFile } from "../../builder/proving/keys/binary-file.ts";
import { ELEMENT_BYTES, elementBytes, u32, writeElement } from "../../builder/proving/keys/little-endian.ts";

/*
 * `scripts/bench/circuits/chain.circom` without circom, which takes a minute for 2^16 constraints and twenty
 * for 2^20: the same constraints and wires, so the same verification key and witness.
 */

/** As in `chain.circom`. */
const REACH = 64;
const PUBLIC_SIGNALS = 3;
const TERMS_A = Array.from({ length: 6 }, (_, term) => ({ back: 1 + 10 * term, factor: BigInt(term + 1) }));
const TERMS_B = Array.from({ length: 11 }, (_, term) => ({ back: 2 + 6 * term, factor: BigInt(term + 3) }));

/** (−a)·b = wire[i − reach] − wire[i]: a product and an earlier wire, as circom turns it around. */
const SIDES: readonly (readonly Term[])[] = [
  TERMS_A.map(({ back, factor }) => ({ back, factor: FIELD_MODULUS - factor })),
  TERMS_B,
  [
    { back: REACH, factor: 1n },
    { back: 0, factor: FIELD_MODULUS - 1n },
  ],
];

interface Term {
  /** How many wires before the constraint's own. */
  readonly back: number;
  readonly factor: bigint;
}

/** Constraints of the circuit that fills a domain of 2^power. */
export function chainConstraints(power: number): number {
  return 2 ** power - PUBLIC_SIGNALS - 1;
}

/** Wires, the constant one among them. */
export function chainWires(power: number): number {
  return 1 + REACH + chainConstraints(power);
}

/** Content of the `.r1cs` file. */
export function chainR1cs(power: number): Uint8Array<ArrayBuffer> {
  const { row, wirePlaces } = rowTemplate();
  const constraints = chainConstraints(power);
  const terms = new Uint8Array(constraints * row.length);
  const view = new DataView(terms.buffer);
  for (let constraint = 0, at = 0; constraint < constraints; constraint++, at += row.length) {
    terms.set(row, at);
    // Wire 0 is the constant one.
    const own = 1 + REACH + constraint;
    for (const { place, back } of wirePlaces) view.setUint32(at + place, own - back, true);
  }
  const wires = chainWires(power);
  const header = Buffer.concat([
    u32(ELEMENT_BYTES),
    elementBytes(FIELD_MODULUS),
    ...[wires, 0, PUBLIC_SIGNALS, REACH - PUBLIC_SIGNALS, wires, 0, constraints].map(u32),
  ]);
  return writeBinaryFile("r1cs", 1, [
    [1, header],
    [2, terms],
  ]);
}

/** A constraint's bytes, with gaps where its wires' numbers stand. */
function rowTemplate(): {
  readonly row: Uint8Array;
  readonly wirePlaces: readonly { readonly place: number; readonly back: number }[];
} {
  const parts: Uint8Array[] = [];
  const wirePlaces: { place: number; back: number }[] = [];
  let at = 0;
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes);
    at += bytes.length;
  };
  for (const side of SIDES) {
    add(u32(side.length));
    // circom's files name a side's wires in any order.
    for (const { back, factor } of side.toSorted((one, other) => other.back - one.back)) {
      wirePlaces.push({ place: at, back });
      add(u32(0));
      add(elementBytes(factor));
    }
  }
  return { row: Buffer.concat(parts), wirePlaces };
}

/** Content of the `.wtns` file for an input of `chain.circom`. */
export function chainWitness(power: number, input: CircuitInput): Uint8Array<ArrayBuffer> {
  const wires = chainWires(power);
  const values = [
    1n,
    ...["commitment", "challenge", "evaluation", "seed"].flatMap((name) => flat(input[name])),
  ];
  if (values.length !== 1 + REACH)
    throw new RangeError(`${values.length - 1} values are given, the circuit takes ${REACH}`);
  // A million rows: a loop takes a third of the time that `reduce` does.
  const sum = (terms: readonly Term[], wire: number): bigint => {
    let total = 0n;
    for (const { back, factor } of terms) total += factor * (values[wire - back] ?? 0n);
    return total;
  };
  for (let wire = values.length; wire < wires; wire++)
    values.push((sum(TERMS_A, wire) * sum(TERMS_B, wire) + (values[wire - REACH] ?? 0n)) % FIELD_MODULUS);
  const content = new Uint8Array(wires * ELEMENT_BYTES);
  const view = viewOf(content);
  for (const [wire, value] of values.entries()) writeElement(view, wire * ELEMENT_BYTES, value);
  return writeBinaryFile("wtns", 2, [
    [1, Buffer.concat([u32(ELEMENT_BYTES), elementBytes(FIELD_MODULUS), u32(wires)])],
    [2, content],
  ]);
}

function flat(value: CircuitInput[string] | undefined): bigint[] {
  if (value === undefined) return [];
  return typeof value === "bigint" ? [value] : value.flatMap(flat);
}
