import type { Hex } from "viem";
import { type ErrorCode, LockstepError } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";

/** Where and why a rollup was stopped. */
export interface Stop {
  readonly rollup: ChainId;
  /** Up to here it was followed. */
  readonly root: StateRoot;
  /** Stable code of the reason, then what it means. */
  readonly code: ErrorCode;
  readonly reason: string;
  /** The first execution that cannot be followed; absent if it cannot be said which one that is. */
  readonly at?: StopPlace;
}

/** An execution on L1. */
export interface StopPlace {
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  readonly batch: Hex;
  /** Index in the batch. */
  readonly execution: number;
}

/**
 * A rollup cannot be followed from L1: L1's data, the kind or the durable state is wrong. It stands still
 * where it was followed to, for reading as for writing; the other chains go on.
 */
export class RollupStoppedError extends LockstepError {
  readonly stop: Stop;

  constructor(stop: Stop, options?: { cause?: unknown }) {
    const { rollup, at, code, reason } = stop;
    const where =
      at === undefined
        ? ""
        : ` at execution ${at.execution} of batch ${at.batch} in L1's block ${at.blockNumber}`;
    super(
      "ROLLUP_STOPPED",
      `rollup ${rollup} is stopped${where} (${code}): ${reason}. The other chains go on`,
      options,
    );
    this.stop = stop;
  }
}

/** The builder has no such rollup. */
export class UnknownRollupError extends LockstepError {
  /** @param meant the chain that wallets know by this number, if there is one. */
  constructor(rollup: ChainId, meant?: ChainId) {
    const hint =
      meant === undefined ? "" : `; it is an EVM chain id, of the chain whose number here is ${meant}`;
    super("UNKNOWN_ROLLUP", `this builder does not run rollup ${rollup}${hint}`);
  }
}
