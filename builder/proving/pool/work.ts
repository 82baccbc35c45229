import type { Backend } from "../backends/backend.ts";

/** Something for a backend to make, and what becomes of it. */
export interface Work<Result> {
  readonly circuit: string;
  /** How much it is, in constraints of a proof. */
  readonly constraints: number;
  /** Commitments come before proofs that are as urgent: all proofs of a statement wait for them. */
  readonly step: "commitment" | "proof";
  /** The backend that has a part of what it takes already. */
  readonly holder?: string;
  /**
   * Has ready what backends will ask for.
   * @throws {ProofFailedError} when the job cannot be done.
   */
  prepare(): Promise<unknown>;
  /** @throws whatever the backend does. */
  run(backend: Backend, signal: AbortSignal): Promise<Made<Result>>;
}

/** What a backend made: it is not verified yet. */
export interface Made<Result> {
  /** Milliseconds of the backend's work on it. */
  readonly milliseconds: number;
  /**
   * @throws {WrongResult} when the backend is to blame, {WrongCommitmentError} when the maker of the
   * commitment is, {ProofFailedError} when the job is.
   */
  verify(): Promise<Result>;
}

/** What a backend made does not verify, or is of something else, though the job is sound. */
export class WrongResult extends Error {}
