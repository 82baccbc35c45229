import { readBinaryFile, viewOf } from "../../../builder/proving/keys/binary-file.ts";
import { ELEMENT_BYTES, readElement } from "../../../builder/proving/keys/little-endian.ts";
import { readConstraintSystem } from "../../../builder/proving/keys/r1cs.ts";
import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import type { CompiledSystem } from "./compile.ts";

/** An affine form over wires: coefficients that are not 0, by wire. Wire 0 is the constant one. */
export type Form = Map<number, bigint>;

/** a · b = c. */
export interface Row {
  readonly a: Form;
  readonly b: Form;
  readonly c: Form;
}

/** A constraint system with names, to be reasoned about. */
export interface System {
  readonly wires: number;
  readonly outputs: number;
  /** Public and private: wires outputs + 1 … outputs + inputs. */
  readonly inputs: number;
  readonly rows: readonly Row[];
  /**
   * Signals by the compiler's own number, the same however it simplifies, with their wires; -1 for those
   * without one.
   */
  readonly wireOfLabel: ReadonlyMap<number, number>;
  readonly names: ReadonlyMap<number, readonly string[]>;
}

const HEADER_SECTION = 1;

export function readSystem({ r1cs, symbols }: CompiledSystem): System {
  const { wires, constraints, terms } = readConstraintSystem(r1cs, "the system");
  const header = viewOf(readBinaryFile(r1cs, "r1cs", "the system").section(HEADER_SECTION));
  const count = (index: number): number => header.getUint32(4 + ELEMENT_BYTES + 4 * index, true);
  const coefficients = new Map<string, bigint>();
  const bytes = Buffer.from(terms.buffer, terms.byteOffset, terms.byteLength);
  let at = 0;
  const form = (): Form => {
    const read: Form = new Map();
    const length = bytes.readUInt32LE(at);
    at += 4;
    for (let i = 0; i < length; i++, at += 4 + ELEMENT_BYTES) {
      // There are few different ones, and reading a number takes long.
      const text = bytes.toString("latin1", at + 4, at + 4 + ELEMENT_BYTES);
      let value = coefficients.get(text);
      if (value === undefined) coefficients.set(text, (value = readElement(terms, at + 4)));
      if (value !== 0n) read.set(bytes.readUInt32LE(at), value);
    }
    return read;
  };
  const rows = Array.from({ length: constraints }, () => ({ a: form(), b: form(), c: form() }));
  const wireOfLabel = new Map<number, number>();
  const names = new Map<number, string[]>();
  for (const line of symbols.split("\n")) {
    const [label = "", wire = "", , name = ""] = line.split(",");
    if (name === "") continue;
    wireOfLabel.set(Number(label), Number(wire));
    const shown = name.replace(/^main\.(?:part\.)?/, "");
    const others = names.get(Number(wire));
    if (others === undefined) names.set(Number(wire), [shown]);
    else others.push(shown);
  }
  return { wires, outputs: count(1), inputs: count(2) + count(3), rows, wireOfLabel, names };
}

export function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

const inverses = new Map<bigint, bigint>();

/** 1 / value mod p, for value ≠ 0. */
export function inverse(value: bigint): bigint {
  const known = inverses.get(value);
  if (known !== undefined) return known;
  let [r0, r1, s0, s1] = [P, mod(value), 0n, 1n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1, s0, s1] = [r1, r0 - q * r1, s1, s0 - q * s1];
  }
  if (r0 !== 1n) throw new Error("0 has no inverse");
  const result = mod(s0);
  inverses.set(value, result);
  return result;
}

/** Adds factor · form to `sum`. */
export function addTo(sum: Form, form: Form, factor: bigint): void {
  for (const [wire, coefficient] of form) {
    const value = ((sum.get(wire) ?? 0n) + coefficient * factor) % P;
    if (value === 0n) sum.delete(wire);
    else sum.set(wire, value);
  }
}

/** The form's value if it has no wires. */
export function constantOf(form: Form): bigint | undefined {
  if (form.size === 0) return 0n;
  return form.size === 1 ? form.get(0) : undefined;
}

/** The form that must be 0, if the row is linear. */
export function linearOf({ a, b, c }: Row): Form | undefined {
  const [left, right] = [constantOf(a), constantOf(b)];
  if (left === undefined && right === undefined) return undefined;
  const sum: Form = new Map();
  if (left !== undefined) addTo(sum, b, left);
  else addTo(sum, a, right ?? 0n);
  addTo(sum, c, P - 1n);
  return sum;
}
