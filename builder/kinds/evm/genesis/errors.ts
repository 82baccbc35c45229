import { LockstepError } from "../../../protocol/errors.ts";

/** A contract that a user wants to have at genesis cannot stand there. */
export class InvalidGenesisError extends LockstepError {
  /**
   * @param where rollup and address, or the file.
   * @param reason what is wrong, and what to do.
   */
  constructor(where: string, reason: string, options?: { cause?: unknown }) {
    super("INVALID_GENESIS", `${where}: ${reason}`, options);
  }
}
