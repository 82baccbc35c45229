import { encodeAbiParameters, type Hex } from "viem";
import type { ProofJob } from "./kind.ts";
import { LockstepError } from "../protocol/errors.ts";
import { publicInputsOf } from "../protocol/fingerprint.ts";
import type { FieldElement } from "../protocol/ids.ts";
import type { CircuitJob } from "../proving/circuit-job.ts";
import type { ProverResult } from "../proving/prover.ts";

/** A proof says something else than the batch needs: a fault of the kind's witness or of the prover. */
export class ProofMismatchError extends LockstepError {
  constructor(circuit: string) {
    super("PROOF_MISMATCH", `the proof by ${circuit} does not state the visit that it was made for`);
  }
}

/**
 * A proof by a circuit, for `Groth16ProofSystem`.
 * @param words of the statement that L1 will ask for.
 */
export function circuitProof(job: CircuitJob, words: readonly FieldElement[]): ProofJob {
  return {
    circuit: job.circuit,
    async prove(prover, { signal }) {
      const result = await prover.prove(job, { signal });
      const expected = publicInputsOf(words, job.commitment);
      const { commitment, challenge, evaluation } = result.publicInputs;
      if (
        commitment !== expected.commitment ||
        challenge !== expected.challenge ||
        evaluation !== expected.evaluation
      ) {
        throw new ProofMismatchError(job.circuit);
      }
      return encodeProof(result);
    },
  };
}

/** Groth16 proof bytes: commitment, A, B (imaginary part first), C. */
export function encodeProof({ proof, publicInputs }: Pick<ProverResult, "proof" | "publicInputs">): Hex {
  return encodeAbiParameters(
    [{ type: "uint256" }, { type: "uint256[2]" }, { type: "uint256[2][2]" }, { type: "uint256[2]" }],
    [publicInputs.commitment, proof.a, proof.b, proof.c],
  );
}
