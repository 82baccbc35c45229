import { LockstepError } from "../../../protocol/errors.ts";

/** More logs match than one answer may hold. */
export class TooManyLogsError extends LockstepError {
  constructor(limit: number) {
    super("TOO_MANY_LOGS", `more than ${limit} logs match; ask for fewer blocks or a narrower filter`);
  }
}
