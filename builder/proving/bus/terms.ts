import { invert } from "@noble/curves/abstract/modular.js";
import type { Hex } from "viem";
import { FIELD_MODULUS as P } from "../../protocol/ids.ts";
import type { BusChallenges } from "./transcript.ts";

/** Type of the tuples (tag + index, word) with which L1 sends a statement's words. */
export const WORD_TAG = 1n << 240n;

/** Type of what stands for a code in its slot: (tag + slot, low half of the code's hash, high half). */
export const CODE_TAG = 2n << 240n;

/** Compression of a tuple: Σ e_i·β^i (docs/proving-evm.md, section 4). */
export function compress(tuple: readonly bigint[], { beta }: BusChallenges): bigint {
  return tuple.reduceRight((sum, element) => (sum * beta + element) % P, 0n);
}

/** What stands for a code in the product of its slot. */
export function codeElement(slot: number, codeHash: Hex, challenges: BusChallenges): bigint {
  const hash = BigInt(codeHash);
  return compress([CODE_TAG + BigInt(slot), BigInt.asUintN(128, hash), hash >> 128n], challenges);
}

/** What sending a tuple once adds to the bus: 1 / (γ − f). */
export function term(tuple: readonly bigint[], challenges: BusChallenges): bigint {
  return invert((challenges.gamma - compress(tuple, challenges) + P) % P, P);
}

/** What L1 adds to the bus for a statement's words. */
export function wordTerms(words: readonly bigint[], challenges: BusChallenges): bigint {
  return words.reduce(
    (sum, word, index) => (sum + term([WORD_TAG + BigInt(index), word], challenges)) % P,
    0n,
  );
}
