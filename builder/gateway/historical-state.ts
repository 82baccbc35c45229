import { LockstepError } from "../protocol/errors.ts";

/** What is asked for is of an earlier block than the latest. */
export class HistoricalStateError extends LockstepError {
  constructor(reason: string) {
    super("HISTORICAL_STATE", reason);
  }
}
