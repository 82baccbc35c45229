import { invert } from "@noble/curves/abstract/modular.js";
import type { Hex } from "viem";
import { type FieldsOf, type TupleName, TUPLES, type TupleType } from "../../../circuits/bus/tuples.ts";
import { FIELD_MODULUS as P } from "../../protocol/ids.ts";
import type { BusChallenges } from "./transcript.ts";

const HALF_BITS = 128;

/**
 * Compression of a tuple: e_0 + tag·β + Σ_{i≥1} e_i·β^(i+1) (docs/proving-evm.md, section 4).
 * @example
 * ```ts
 * import { compress } from "./builder/proving/bus/terms.ts";
 *
 * console.log(compress("word", { lo: 7n, index: 0n, hi: 0n }, { beta: 5n, gamma: 11n }));
 * ```
 */
export function compress<Name extends TupleName>(
  name: Name,
  fields: FieldsOf<Name, bigint>,
  { beta }: BusChallenges,
): bigint {
  const type: TupleType = TUPLES[name];
  const values: Readonly<Record<string, bigint>> = fields;
  const [first = 0n, ...others] = Object.keys(type.fields).map((field) => values[field] ?? 0n);
  const rest = others.reduceRight((sum, element) => (sum + element) * beta, 0n);
  return (first + (BigInt(type.tag) + rest) * beta) % P;
}

/** A word in halves, as tuples carry it. */
export function halves(word: bigint): { readonly lo: bigint; readonly hi: bigint } {
  return { lo: BigInt.asUintN(HALF_BITS, word), hi: word >> BigInt(HALF_BITS) };
}

/** What stands for a code in the product of its slot. */
export function codeElement(slot: number, codeHash: Hex, challenges: BusChallenges): bigint {
  return compress("codeHead", { ...halves(BigInt(codeHash)), slot: BigInt(slot) }, challenges);
}

/** What sending a tuple once adds to the bus: 1 / (γ − f). */
export function term<Name extends TupleName>(
  name: Name,
  fields: FieldsOf<Name, bigint>,
  challenges: BusChallenges,
): bigint {
  return invert((challenges.gamma - compress(name, fields, challenges) + P) % P, P);
}

/** What L1 adds to the bus for a statement's words, each below 2^256. */
export function wordTerms(words: readonly bigint[], challenges: BusChallenges): bigint {
  return words.reduce(
    (sum, word, index) => (sum + term("word", { ...halves(word), index: BigInt(index) }, challenges)) % P,
    0n,
  );
}
