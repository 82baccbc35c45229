import { LockstepError } from "../protocol/errors.ts";

/** `PROOF_FAILED`: no proof could be made for a job, with the reason the circuit or the prover gave. */
export class ProofFailedError extends LockstepError {
  constructor(circuit: string, reason: string, options?: { cause?: unknown }) {
    super("PROOF_FAILED", `No proof of "${circuit}": ${reason}`, options);
  }
}

/** `UNKNOWN_CIRCUIT`: a job for a circuit whose artefacts the prover was not given. */
export class UnprovableCircuitError extends LockstepError {
  constructor(circuit: string, known: Iterable<string>) {
    super("UNKNOWN_CIRCUIT", `This prover has no keys for "${circuit}", only for: ${[...known].join(", ")}.`);
  }
}

/** `WRONG_KEY`: the proving key of a circuit is not the one of its verification key or of its constraints. */
export class WrongKeyError extends LockstepError {
  constructor(circuit: string, difference: string) {
    super("WRONG_KEY", `The proving key given for "${circuit}" is another circuit's: ${difference}`);
  }
}
