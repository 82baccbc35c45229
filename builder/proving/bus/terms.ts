import { invert } from "@noble/curves/abstract/modular.js";
import type { Hex } from "viem";
import { type FieldsOf, type TupleName, TUPLES, type TupleType } from "../../../circuits/bus/tuples.ts";
import { FIELD_MODULUS as P } from "../../protocol/ids.ts";
import type { BusChallenges } from "./transcript.ts";

const HALF_BITS = 128;

/** A tuple with its type. */
export type Tuple = {
  readonly [Name in TupleName]: { readonly name: Name; readonly fields: FieldsOf<Name, bigint> };
}[TupleName];

/**
 * Compression of a tuple: e_0 + tag·β + Σ_{i≥1} e_i·β^(i+1) (docs/proving-evm.md, section 4).
 * @example
 * ```ts
 * import { compress } from "./builder/proving/bus/terms.ts";
 *
 * const tuple = { name: "word", fields: { lo: 7n, index: 0n, hi: 0n } } as const;
 * console.log(compress(tuple, { beta: 5n, gamma: 11n }));
 * ```
 */
export function compress({ name, fields }: Tuple, { beta }: BusChallenges): bigint {
  const type: TupleType = TUPLES[name];
  const values: Readonly<Record<string, bigint>> = fields;
  const [first = 0n, ...others] = Object.keys(type.fields).map((field) => values[field] ?? 0n);
  const rest = others.reduceRight((sum, element) => ((sum + element) * beta) % P, 0n);
  return (first + (BigInt(type.tag) + rest) * beta) % P;
}

/** A word in halves, as tuples carry it. */
export function halves(word: bigint): { readonly lo: bigint; readonly hi: bigint } {
  return { lo: BigInt.asUintN(HALF_BITS, word), hi: word >> BigInt(HALF_BITS) };
}

/** What stands for a code in the product of its slot. */
export function codeElement(slot: number, codeHash: Hex, challenges: BusChallenges): bigint {
  const fields = { ...halves(BigInt(codeHash)), slot: BigInt(slot) };
  return compress({ name: "codeHead", fields }, challenges);
}

/** What sending tuples once each adds to the bus: Σ 1 / (γ − f). */
export function termsOf(tuples: Iterable<Tuple>, challenges: BusChallenges): bigint {
  // One inversion for all, as L1 has one fraction.
  let [numerator, denominator] = [0n, 1n];
  for (const tuple of tuples) {
    const factor = (challenges.gamma - compress(tuple, challenges) + P) % P;
    numerator = (numerator * factor + denominator) % P;
    denominator = (denominator * factor) % P;
  }
  return (numerator * invert(denominator, P)) % P;
}
