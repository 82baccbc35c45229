import { encodeAbiParameters, type Hex, concatHex, parseAbiParameters } from "viem";
import type { CommittedProof } from "../prover.ts";

/** One of the proofs of a statement. */
export interface BusProof {
  /** Number of the key in its set, from 0. */
  readonly key: number;
  readonly proof: CommittedProof;
  /** The proof's part of the bus, its first public input. */
  readonly sum: bigint;
}

const PROOF = parseAbiParameters(
  "uint256 key, uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[2] d, uint256 sum",
);

/** The proofs of a statement as `BusProofSystem` takes them: 384 bytes each, in the order of commitments. */
export function encodeBusProofs(proofs: readonly BusProof[]): Hex {
  return concatHex(
    proofs.map(({ key, proof: { a, b, c, d }, sum }) =>
      encodeAbiParameters(PROOF, [BigInt(key), a, b, c, d, sum]),
    ),
  );
}
