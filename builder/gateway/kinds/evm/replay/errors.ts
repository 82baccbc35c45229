import type { Hex } from "viem";
import { LockstepError } from "../../../../protocol/errors.ts";

/** What is asked of a replay is not what it is there for. */
export class ReplayRequestError extends LockstepError {
  constructor(reason: string) {
    super("REPLAY_REQUEST", reason);
  }
}

/** A tool that executed the transaction would show something else than what happened. */
export class ReplayDiffersError extends LockstepError {
  constructor(hash: Hex, difference: string) {
    super(
      "REPLAY_DIFFERS",
      `${hash} does not come out the same in an EVM of one chain: ${difference} would differ; ` +
        `"cast rpc lockstep_traceTransaction ${hash}" at the gateway itself shows what it did`,
    );
  }
}
