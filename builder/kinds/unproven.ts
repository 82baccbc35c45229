import { encodeAbiParameters, type Hex, keccak256, toHex } from "viem";
import type { ProofJob } from "./kind.ts";
import type { FieldElement } from "../protocol/ids.ts";

/**
 * What stands for a verification key where nothing is proven (`contracts/proofs/UnprovenProofSystem.sol`).
 */
export const UNPROVEN_KEY: Hex = keccak256(toHex("lockstep.UNPROVEN: anyone can forge this rollup's state"));
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
