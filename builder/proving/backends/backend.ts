import type { Artefacts } from "../circuits/artefacts.ts";
import type { CircuitInput } from "../circuit-job.ts";
import type { FieldElement } from "../../protocol/ids.ts";
import type { Groth16Proof } from "../prover.ts";
import type { BuildOptions } from "./build.ts";

/** One proof to be made, as a backend gets it. */
export interface BackendJob {
  /** Name of the circuit instance; one of the backend's. */
  readonly circuit: string;
  readonly input: CircuitInput;
  /** What public signal 0 has to be. */
  readonly commitment: FieldElement;
  /**
   * Content of the `.wtns` file, computed on this machine and once for all attempts. Backends elsewhere
   * compute it from the input.
   * @throws `PROOF_FAILED` when the circuit refuses the input.
   */
  readonly witness: () => Promise<Uint8Array<ArrayBuffer>>;
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
  /** It computes witnesses itself, from the input, and never asks for one. */
  readonly computesWitness?: boolean;
  /**
   * @param signal ends the work.
   * @throws {BackendFailedError} when the backend could not make it, though another one might; `PROOF_FAILED`
   * when no backend can.
   */
  prove(job: BackendJob, signal: AbortSignal): Promise<UnverifiedProof>;
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
