import type { CircuitJob } from "./circuit-job.ts";
import type { PublicInputs } from "../protocol/fingerprint.ts";

/** A Groth16 proof over BN254: affine coordinates, G2 in the EVM's order (imaginary part first). */
export interface Groth16Proof {
  readonly a: readonly [bigint, bigint];
  readonly b: readonly [readonly [bigint, bigint], readonly [bigint, bigint]];
  readonly c: readonly [bigint, bigint];
}

export interface ProverResult {
  readonly proof: Groth16Proof;
  readonly publicInputs: PublicInputs;
  readonly witnessMilliseconds: number;
  readonly proveMilliseconds: number;
}

/** Makes proofs. A result has been verified against the circuit's verification key before it is returned. */
export interface Prover {
  /** @param job its input lacks nothing. @param signal cancels the job. @throws `PROOF_FAILED`, `UNKNOWN_CIRCUIT`. */
  prove(job: CircuitJob, signal?: AbortSignal): Promise<ProverResult>;
  close(): Promise<void>;
}
