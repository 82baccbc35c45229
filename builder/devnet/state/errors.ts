import { LockstepError } from "../../protocol/errors.ts";

/** A file of `--state` cannot be used, or not be written. */
export class DevnetStateError extends LockstepError {
  constructor(file: string, reason: string, options?: { cause?: unknown }) {
    super("DEVNET_STATE", `the devnet's state in ${file} ${reason}`, options);
  }
}

/** A request to L1's node that could not be made again when a devnet is started from its state. */
export class NotReplayableError extends LockstepError {
  constructor(method: string, advice: string) {
    super("NOT_REPLAYABLE", `a devnet with --state cannot keep what ${method} does: ${advice}`);
  }
}
