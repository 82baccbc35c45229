import { encodeAbiParameters, type Hex, keccak256, toHex } from "viem";
import type { FieldElement } from "../protocol/ids.ts";
import type { ProofJob, RollupKind } from "./kind.ts";

/**
 * What stands for a verification key where nothing is proven (`contracts/proofs/UnprovenProofSystem.sol`).
 */
export const UNPROVEN_KEY: Hex = keccak256(toHex("lockstep.UNPROVEN: anyone can forge this rollup's state"));
/**
 * What stands for one on a rollup of any kind that was registered for tests: a follower knows by it that
 * cheats set the rollup's state (docs/spec.md section 9).
 */
export const TEST_KEY: Hex = keccak256(toHex("lockstep.UNPROVEN: for tests, cheats set this rollup's state"));
/** What stands for a circuit. */
export const UNPROVEN = "UNPROVEN";

const DOMAIN = "lockstep.unproven.v1";

/**
 * NOT A PROOF: a digest of the statement's words, by which L1 and a builder notice that they mean different
 * statements. `UnprovenProofSystem` takes it, on local chains only.
 */
export function unprovenProof(words: readonly FieldElement[]): ProofJob {
  return { circuit: UNPROVEN, prove: async () => unprovenDigest(words) };
}

/** The digest that stands for a proof of these words. */
export function unprovenDigest(words: readonly FieldElement[]): Hex {
  return keccak256(encodeAbiParameters([{ type: "string" }, { type: "uint256[]" }], [DOMAIN, words]));
}

/** The kind as rollups registered for tests have it: the same rules, and a digest in place of each proof. */
export function withoutProofs<Record>(kind: RollupKind<Record>): RollupKind<Record> {
  return {
    ...kind,
    circuits: [UNPROVEN],
    isProven: false,
    prerequisites: async () => [],
    proofJob: async ({ words }) => unprovenProof(words),
  };
}
