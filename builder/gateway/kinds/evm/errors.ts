import { LockstepError } from "../../../protocol/errors.ts";

/** The rollup has no such block. */
export class BlockNotFoundError extends LockstepError {
  constructor(which: string) {
    super("BLOCK_NOT_FOUND", `the rollup has no block ${which}`);
  }
}

/** The state after an earlier block is asked for. */
export class HistoricalStateError extends LockstepError {
  constructor(asked: bigint, latest: bigint) {
    super(
      "HISTORICAL_STATE",
      `the state after block ${asked} is not kept, only that after the latest, ${latest}; ask for "latest"`,
    );
  }
}

/** What a gateway cannot do for an EVM rollup. */
type Unsupported =
  | "UNKNOWN_ACCOUNT"
  | "UNSUPPORTED_ENCODING"
  | "UNSUPPORTED_PROOF"
  | "UNSUPPORTED_TRACER"
  | "UNSUPPORTED_TRANSACTION";

/** The gateway cannot do that for an EVM rollup. */
export class UnsupportedRequestError extends LockstepError {
  constructor(code: Unsupported, message: string) {
    super(code, message);
  }
}
