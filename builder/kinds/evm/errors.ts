import { LockstepError } from "../../protocol/errors.ts";

/** The bytes are no transaction that the rollup could take: nothing can prove that it did. */
export class InvalidL2TransactionError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("INVALID_L2_TRANSACTION", `the rollup would refuse the transaction: ${reason}`, options);
  }
}

/** The batch is older than the rollup's state: nothing can prove a visit in it. */
export class TimeGoesBackError extends LockstepError {
  constructor(timestamp: bigint, latest: bigint) {
    super("TIME_GOES_BACK", `${timestamp} is before the time of the rollup's latest block, ${latest}`);
  }
}

/** The kind has no proof yet, so it runs on development chains only. */
export class UnprovenKindError extends LockstepError {
  constructor(l1ChainId: bigint) {
    super(
      "UNPROVEN_KIND",
      `visits of evm rollups are not proven yet, so they run on local chains (31337, 1337) only, not on ${l1ChainId}`,
    );
  }
}
