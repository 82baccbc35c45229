import { LockstepClientError } from "./base.ts";

/** Why the builder dropped a transaction. */
export interface DropReason {
  /** Stable code of the builder's, explained in docs/errors.md. */
  readonly code: string;
  readonly reason: string;
  /** Revert data, if code on some chain reverted. */
  readonly data: `0x${string}` | undefined;
}

/** A transaction was taken, and will not be included, for a reason of its own. */
export class TransactionDroppedError extends LockstepClientError implements DropReason {
  override readonly name = "TransactionDroppedError";
  readonly hash: `0x${string}`;
  readonly code: string;
  readonly reason: string;
  readonly data: `0x${string}` | undefined;

  constructor(hash: `0x${string}`, { code, reason, data }: DropReason) {
    super(`${hash} was dropped: ${code}: ${reason}`);
    this.hash = hash;
    this.code = code;
    this.reason = reason;
    this.data = data;
  }
}
