import type { Address, Hex } from "viem";
import { LockstepError } from "../protocol/errors.ts";

/**
 * The transaction was refused by the chain's own rules (nonce, balance, fee, intrinsic gas), before any code
 * ran.
 */
export class InvalidTransactionError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("INVALID_TRANSACTION", `the chain would refuse the transaction: ${reason}`, options);
  }
}

/** An account's signed permission to run the code at `address` as its own (EIP-7702). */
export interface Authorization {
  /** Chain on which it holds; 0: every one. */
  readonly chainId: bigint;
  readonly address: Address;
  readonly nonce: bigint;
  readonly yParity: bigint;
  readonly r: bigint;
  readonly s: bigint;
}

/** A call that is simulated without a signature. */
export interface CallRequest {
  readonly from: Address;
  readonly to?: Address;
  readonly value: bigint;
  readonly data: Hex;
  readonly gas: bigint;
  readonly gasPrice: bigint;
  readonly authorizations?: readonly Authorization[];
}
