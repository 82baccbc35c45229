import type { CircuitJob, CommittedJob, TraceCommitment, TraceJob } from "./circuit-job.ts";
import type { PublicInputs } from "../protocol/fingerprint.ts";
import type { BackendStatus } from "./backend-status.ts";

/** A Groth16 proof over BN254: affine coordinates, G2 in the EVM's order (imaginary part first). */
export interface Groth16Proof {
  readonly a: readonly [bigint, bigint];
  readonly b: readonly [readonly [bigint, bigint], readonly [bigint, bigint]];
  readonly c: readonly [bigint, bigint];
}

/** A proof under a key with committed wires, and the commitment to them (docs/proving-evm.md, section 2). */
export interface CommittedProof extends Groth16Proof {
  readonly d: readonly [bigint, bigint];
}

export interface ProverResult {
  readonly proof: Groth16Proof;
  readonly publicInputs: PublicInputs;
  readonly witnessMilliseconds: number;
  readonly proveMilliseconds: number;
  /** Name of the backend that made it. */
  readonly backend: string;
}

/** As {@link ProverResult}, of a circuit with committed wires. */
export interface CommittedResult {
  readonly proof: CommittedProof;
  /** Outputs, then public inputs. */
  readonly publicSignals: readonly bigint[];
  readonly witnessMilliseconds: number;
  readonly proveMilliseconds: number;
  /** Name of the backend that made A, B and C. */
  readonly backend: string;
}

export interface ProveOptions {
  /** Cancels the job. */
  readonly signal?: AbortSignal;
  /** Jobs of a smaller number come first: 0, the default, is for the batch that is posted next. */
  readonly priority?: number;
}

/** Makes proofs. A result has been verified against the circuit's verification key before it is returned. */
export interface Prover {
  /**
   * @param job its input lacks nothing.
   * @throws `PROOF_FAILED`, `CIRCUIT_NOT_LOADED`, `PROVER_BUSY`.
   */
  prove(job: CircuitJob, options?: ProveOptions): Promise<ProverResult>;
  /**
   * The first of the two steps for circuits with committed wires. The proofs of one statement are made by
   * `proveTogether`, which calls both.
   * @throws `PROOF_FAILED`, `CIRCUIT_NOT_LOADED`, `PROVER_BUSY`.
   */
  commit(job: TraceJob, options?: ProveOptions): Promise<TraceCommitment>;
  /**
   * The second one, by any backend: a proof of the trace and of what was drawn, under the commitment.
   * @throws as `prove`; `WRONG_COMMITMENT` when the commitment is to another trace.
   */
  proveCommitted(job: CommittedJob, options?: ProveOptions): Promise<CommittedResult>;
  /** What it proves with, if it can tell. */
  readonly backends?: readonly BackendStatus[];
  /** How large a circuit is, if it can tell. */
  readonly constraintsOf?: (circuit: string) => number | undefined;
  close(): Promise<void>;
}
