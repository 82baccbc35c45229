import { LockstepError } from "../errors.ts";

/** A list that is not an execution: a fault of the builder or of a kind, since users do not write lists. */
export class InvalidExecutionError extends LockstepError {
  /** Index of the action. */
  readonly at: number;

  constructor(at: number, reason: string) {
    super("INVALID_EXECUTION", `action ${at.toString()}: ${reason}`);
    this.at = at;
  }
}
