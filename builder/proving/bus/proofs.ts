import { concatHex, type Hex, numberToHex } from "viem";
import type { G1Point } from "../keys/verification-key.ts";
import type { CommittedProof } from "../prover.ts";
import { encodeQuestions, NO_QUESTIONS, type Questions } from "./questions.ts";

/** One of the proofs of a statement. */
export interface BusProof {
  /** Number of the key in its set, from 0. */
  readonly key: number;
  readonly proof: CommittedProof;
  /** The proof's part of the bus, its first public input. */
  readonly sum: bigint;
  /** For each slot of the set the product of γ − row over the rows that the proof vouches for. */
  readonly products: readonly bigint[];
}

/** A code of a statement, in ascending slots. */
export interface BusCode {
  readonly slot: number;
  readonly codeHash: Hex;
  /** C_Q. */
  readonly quotient: G1Point;
}

/** All that `BusProofSystem` takes for one statement. */
export interface BusProofs {
  readonly proofs: readonly BusProof[];
  readonly codes: readonly BusCode[];
  /** W, where there is a code. */
  readonly opening?: G1Point;
  /** What L1 is asked; nothing by default. */
  readonly questions?: Questions;
}

/** A statement's proof as `IBusProofSystem` describes it. */
export function encodeBusProofs(proofs: BusProofs): Hex {
  return concatHex([encodeWithoutQuestions(proofs), encodeQuestions(proofs.questions ?? NO_QUESTIONS)]);
}

/** The words of 32 bytes in front of the questions. */
export function encodeWithoutQuestions({ proofs, codes, opening }: BusProofs): Hex {
  return words([
    BigInt(proofs.length),
    BigInt(codes.length),
    ...proofs.flatMap(({ key, proof: { a, b, c, d }, sum, products }) => [
      ...[BigInt(key), ...d, ...a, ...b.flat(), ...c, sum, ...products],
    ]),
    ...codes.flatMap(codeWords),
    ...(opening ?? []),
  ]);
}

/** Bytes of so many proofs under keys with so many slots, with so many codes and no questions. */
export function busProofBytes(count: Readonly<Record<"proofs" | "slots" | "codes", number>>): number {
  const { proofs, slots, codes } = count;
  const point = 2;
  const [proof, code] = [1 + 5 * point + 1 + slots, 2 + point];
  return 32 * (2 + proofs * proof + codes * code + (codes === 0 ? 0 : point));
}

/** The words of a code. */
export function codeWords({ slot, codeHash, quotient }: BusCode): bigint[] {
  return [BigInt(slot), BigInt(codeHash), ...quotient];
}

/** 32 bytes for each. */
export function words(values: readonly bigint[]): Hex {
  return concatHex(values.map((value) => numberToHex(value, { size: 32 })));
}
