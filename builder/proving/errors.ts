import { LockstepError } from "../protocol/errors.ts";

/** `PROOF_FAILED`: no proof could be made for a job, with the reason the circuit or the provers gave. */
export class ProofFailedError extends LockstepError {
  constructor(circuit: string, reason: string, options?: { cause?: unknown }) {
    super("PROOF_FAILED", `No proof of "${circuit}": ${reason}`, options);
  }
}

/** `CIRCUIT_NOT_LOADED`: a job for a circuit whose artefacts the prover was not given. */
export class CircuitNotLoadedError extends LockstepError {
  constructor(circuit: string, known: Iterable<string>) {
    super(
      "CIRCUIT_NOT_LOADED",
      `This prover has no keys for "${circuit}", only for: ${[...known].join(", ")}.`,
    );
  }
}

/**
 * `WRONG_COMMITMENT`: the commitment that was made in a proof's first step is not one to its trace. No proof
 * can be made with it, and no other commitment goes with the challenge that was drawn from it.
 */
export class WrongCommitmentError extends LockstepError {
  constructor(circuit: string) {
    super(
      "WRONG_COMMITMENT",
      `The commitment of a proof of "${circuit}" is not one to its trace: commit again, and draw another challenge`,
    );
  }
}

/** `BACKEND_FAILED`: one backend could not make a proof, through no fault of the job's. */
export class BackendFailedError extends LockstepError {
  constructor(backend: string, reason: string, options?: { cause?: unknown }) {
    super("BACKEND_FAILED", `The prover "${backend}": ${reason}`, options);
  }
}

/** `PROVER_BUSY`: more jobs wait than the pool takes. */
export class ProverBusyError extends LockstepError {
  constructor(limit: number) {
    super("PROVER_BUSY", `${limit} proofs are waiting already; try again when some are made`);
  }
}

/** `UNKNOWN_BACKEND`, `BACKEND_UNAVAILABLE`: a backend that was asked for by name and cannot be had. */
export class NoBackendError extends LockstepError {
  constructor(code: "UNKNOWN_BACKEND" | "BACKEND_UNAVAILABLE", reason: string) {
    super(code, reason);
  }
}
