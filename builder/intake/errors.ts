import { LockstepError } from "../protocol/errors.ts";

/** More waits than the builder takes, in all or of one sender. Nothing was accepted. */
export class BusyError extends LockstepError {
  /** Seconds after which there may be room. */
  readonly retryAfter: number;

  constructor(what: string, limit: number, retryAfter: number) {
    super(
      "BUSY",
      `${what} wait already, the builder takes no more than ${limit}; try again in ${retryAfter} s`,
    );
    this.retryAfter = retryAfter;
  }
}

/** The builder takes no transaction for a rollup that pays nothing. In the words of other nodes. */
export class FeeRequiredError extends LockstepError {
  constructor() {
    super("FEE_REQUIRED", "transaction underpriced: this builder takes none that pays no priority fee");
  }
}

/** The transaction cannot be made durable, so it is not accepted. */
export class DiskError extends LockstepError {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super("DISK", `the builder's disk cannot be written (${reason}); try again later`, { cause });
  }
}

/** Another transaction with this nonce waits, and this one does not pay enough to take its place. */
export class UnderpricedReplacementError extends LockstepError {
  constructor(nonce: bigint) {
    super(
      "REPLACEMENT_UNDERPRICED",
      `replacement transaction underpriced: one with nonce ${nonce} waits; pay a tenth more, in both fees`,
    );
  }
}
