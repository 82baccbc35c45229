import { LockstepError } from "../protocol/errors.ts";

/** The chain has no such block. */
export class BlockNotFoundError extends LockstepError {
  /** @param reason by default the words of nodes that look for a block to call on. */
  constructor(reason = "header not found") {
    super("BLOCK_NOT_FOUND", reason);
  }
}

/** What is asked for is of an earlier block than the latest. */
export class HistoricalStateError extends LockstepError {
  constructor(reason: string) {
    super("HISTORICAL_STATE", reason);
  }
}

/** Nothing ran in the genesis block. */
export class GenesisTraceError extends LockstepError {
  constructor() {
    super("GENESIS_TRACE", "genesis is not traceable");
  }
}
