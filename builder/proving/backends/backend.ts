import type { Artefacts } from "../circuits/artefacts.ts";
import type { CircuitInput, TraceJob } from "../circuit-job.ts";
import type { G1Point } from "../keys/verification-key.ts";
import type { FieldElement } from "../../protocol/ids.ts";
import type { Groth16Proof } from "../prover.ts";
import type { BuildOptions } from "./build.ts";

/** What backends on this machine need of a proof that is to be made. */
export interface WitnessJob {
  /** Name of the circuit instance; one of the backend's. */
  readonly circuit: string;
  /**
   * Content of the `.wtns` file, computed on this machine and once for all attempts. Backends elsewhere
   * compute it from the input.
   * @throws `PROOF_FAILED` when the circuit refuses the input.
   */
  readonly witness: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** One proof to be made, as a backend gets it. */
export interface BackendJob extends WitnessJob {
  readonly input: CircuitInput;
  /** What public signal 0 has to be. */
  readonly commitment: FieldElement;
}

/** A commitment to be made. */
export interface CommitmentJob extends TraceJob {
  /** The values of the committed wires, 32 bytes each, little-endian, each below the field's modulus. */
  readonly values: () => Uint8Array;
}

/** A, B and C of a proof to be made under a key with committed wires. The input is in two parts. */
export interface CommittedBackendJob extends WitnessJob, TraceJob {
  /** The inputs beside the trace. */
  readonly drawn: CircuitInput;
  /** D, which goes with A, B and C. */
  readonly d: G1Point;
  /**
   * Makes D again on this machine: for backends that say it is wrong.
   * @throws `WRONG_COMMITMENT` when it is.
   */
  readonly assertCommitment: () => Promise<void>;
}

/** What a backend gives for a {@link CommitmentJob}: it need not be the commitment. */
export interface UnverifiedCommitment {
  readonly d: G1Point;
  /** Milliseconds that it took, without waiting. */
  readonly commitMilliseconds: number;
}

/** What a backend gives: it is not verified yet. */
export interface UnverifiedProof {
  readonly proof: Groth16Proof;
  readonly publicSignals: readonly bigint[];
  /** Milliseconds that the proof alone took, without the witness and without waiting. */
  readonly proveMilliseconds: number;
  /** Milliseconds that the witness took, if it was not computed on this machine. */
  readonly witnessMilliseconds?: number;
}

/**
 * Something that makes Groth16 proofs from the keys in snarkjs' format: threads, a program, another machine.
 * It may die, hang and lie; the pool notices.
 */
export interface Backend {
  /** Unique in its pool; shown to people. */
  readonly name: string;
  /** Proofs that it makes at the same time. */
  readonly slots: number;
  /**
   * Jobs that it takes beyond its slots, e.g. to have their witnesses ready when a slot is free. By default
   * none.
   */
  readonly ahead?: number;
  /** Instances that it has the keys of. */
  readonly circuits: ReadonlySet<string>;
  /** Milliseconds of proving per constraint, if that was measured before. */
  readonly measuredRate?: number;
  /** The same by circuit, where one rate does not stand for all: a device has a start of its own to pay. */
  readonly measuredRates?: ReadonlyMap<string, number>;
  /** It computes witnesses itself, from the input, and never asks for one. */
  readonly computesWitness?: boolean;
  /**
   * Does what takes minutes the first time on a machine, where anything does: a device compiles its kernels.
   * Without it the first proof does that, in its own time.
   * @throws {BackendFailedError}
   */
  prepare?(): Promise<void>;
  /**
   * @param signal ends the work.
   * @throws {BackendFailedError} when the backend could not make it, though another one might; `PROOF_FAILED`
   * when no backend can.
   */
  prove(job: BackendJob, signal: AbortSignal): Promise<UnverifiedProof>;
  /**
   * D, before the challenge is drawn; takes a slot, as a proof does. For backends without this the pool's own
   * threads make it.
   * @throws as `prove`.
   */
  commit?(job: CommitmentJob, signal: AbortSignal): Promise<UnverifiedCommitment>;
  /**
   * A, B and C, after it. No matter which backend made D, or whether this one has seen the trace before.
   * @throws as `prove`.
   */
  proveCommitted(job: CommittedBackendJob, signal: AbortSignal): Promise<UnverifiedProof>;
  close(): Promise<void>;
}

/** What a backend is opened with. */
export interface BackendOptions {
  readonly circuits: Iterable<Artefacts>;
  /** Processors to use. */
  readonly threads: number;
}

/** A way to prove on this machine. One folder under `builder/proving/backends` each. */
export interface BackendKind {
  readonly name: string;
  /** A GPU or the like: used unasked for those circuits alone for which it has shown to be faster. */
  readonly isDevice?: boolean;
  /** Never used unasked. */
  readonly onlyByName?: boolean;
  /** What it found to prove on, a line each, for people. */
  readonly describe?: () => Promise<readonly string[]>;
  /** Why this machine cannot do it, in a sentence that says what to do about it; nothing if it can. */
  unavailableReason(): Promise<string | undefined>;
  /**
   * What makes, once, what it needs on this machine.
   * @throws {WorkerBuildError} whose message says what that takes and is missing; so does what is returned
   * when it fails.
   */
  readonly prepareBuild?: (options: BuildOptions) => Promise<() => Promise<unknown>>;
  /** @throws `KEY_CORRUPT`, `WRONG_KEY`. */
  open(options: BackendOptions): Promise<Backend>;
}
