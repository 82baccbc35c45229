import { concatHex, type Hex, numberToHex } from "viem";
import type { G1Point } from "../keys/verification-key.ts";
import type { CommittedProof } from "../prover.ts";

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
}

/** A statement's proof as `IBusProofSystem` describes it, in words of 32 bytes. */
export function encodeBusProofs({ proofs, codes, opening }: BusProofs): Hex {
  return words([
    BigInt(proofs.length),
    ...proofs.flatMap(({ key, proof: { a, b, c, d }, sum, products }) => [
      ...[BigInt(key), ...a, ...b.flat(), ...c, ...d, sum, ...products],
    ]),
    ...codes.flatMap(codeWords),
    ...(opening ?? []),
  ]);
}

/** The words of a code. */
export function codeWords({ slot, codeHash, quotient }: BusCode): bigint[] {
  return [BigInt(slot), BigInt(codeHash), ...quotient];
}

/** 32 bytes for each. */
export function words(values: readonly bigint[]): Hex {
  return concatHex(values.map((value) => numberToHex(value, { size: 32 })));
}
