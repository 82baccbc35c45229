import { concatHex, type Hex, keccak256, numberToHex, toHex } from "viem";
import { FIELD_MODULUS, type FieldElement, fieldElement } from "./ids.ts";

/** Domain of the challenge. */
export const FINGERPRINT_DOMAIN: Hex = keccak256(toHex("lockstep.fingerprint.v1"));

/** The three public inputs of every proof, in this order (docs/spec.md section 2). */
export interface PublicInputs {
  /** Poseidon commitment of the circuit to its copy of the words. */
  readonly commitment: FieldElement;
  /** Random evaluation point, fixed only after the words and the commitment are. */
  readonly challenge: FieldElement;
  /** The words, as a polynomial, at the challenge. */
  readonly evaluation: FieldElement;
}

/** `z = keccak256(FINGERPRINT_DOMAIN ‖ keccak256(d) ‖ c) mod p`, every word as 32 bytes big-endian. */
export function challengeOf(words: readonly FieldElement[], commitment: FieldElement): FieldElement {
  const digest = keccak256(concatHex(words.map((word) => numberToHex(word, { size: 32 }))));
  const preimage = concatHex([FINGERPRINT_DOMAIN, digest, numberToHex(commitment, { size: 32 })]);
  return fieldElement(BigInt(keccak256(preimage)) % FIELD_MODULUS);
}

/** Horner's rule from the first word: `y = (…(d_0 z + d_1) z + …) z + d_{n-1}`. */
export function evaluateWords(words: readonly FieldElement[], challenge: FieldElement): FieldElement {
  return fieldElement(words.reduce<bigint>((sum, word) => (sum * challenge + word) % FIELD_MODULUS, 0n));
}

export function publicInputsOf(words: readonly FieldElement[], commitment: FieldElement): PublicInputs {
  const challenge = challengeOf(words, commitment);
  return { commitment, challenge, evaluation: evaluateWords(words, challenge) };
}
