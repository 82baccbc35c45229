import { LockstepError } from "../../protocol/errors.ts";

/** The batch is older than the rollup's state: nothing can prove a visit in it. */
export class TimeGoesBackError extends LockstepError {
  constructor(timestamp: bigint, latest: bigint) {
    super("TIME_GOES_BACK", `${timestamp} is before the time of the rollup's latest block, ${latest}`);
  }
}
