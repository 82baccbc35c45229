import type { Address, Hex } from "viem";
import { LockstepError } from "../protocol/errors.ts";

/**
 * The transaction was refused by the chain's own rules (nonce, balance, fee, intrinsic gas), before any code
 * ran.
 */
export class InvalidTransactionError extends LockstepError {
  /** The rule that it breaks, if that is one of those. */
  readonly rule: TransactionRule | undefined;

  constructor(reason: string, options: { cause?: unknown; rule?: TransactionRule } = {}) {
    super("INVALID_TRANSACTION", `the chain would refuse the transaction: ${reason}`, options);
    this.rule = options.rule;
  }
}

/** Rules that tools tell apart (`eth_simulateV1`). */
export type TransactionRule =
  "intrinsicGas" | "insufficientFunds" | "nonceTooLow" | "nonceTooHigh" | "nonceHasMaximum";

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

/** What an account is taken to be in a simulated call, in place of what it is. */
export interface AccountOverride {
  /** Lower case. */
  readonly address: Address;
  readonly balance?: bigint;
  readonly nonce?: bigint;
  readonly code?: Hex;
  /** All of its storage: what is not named is 0. Words by slot, of 32 bytes each. */
  readonly state?: Readonly<Record<Hex, Hex>>;
  /** Some slots of its storage. */
  readonly stateDiff?: Readonly<Record<Hex, Hex>>;
}

/** What the EVM is told of the block, in place of the block to come. */
export interface BlockOverride {
  readonly number?: bigint;
  /** Seconds. */
  readonly timestamp?: bigint;
  readonly gasLimit?: bigint;
  readonly coinbase?: Address;
  readonly prevRandao?: Hex;
  readonly baseFeePerGas?: bigint;
  readonly blobBaseFee?: bigint;
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
  /** Of the chain on which the call begins. */
  readonly overrides?: readonly AccountOverride[];
  readonly block?: BlockOverride;
  /** Precompiled contracts that stand elsewhere (`to`), or that an account's code takes the place of. */
  readonly precompiles?: readonly { readonly from: Address; readonly to?: Address }[];
  /** Wei that the sender has to have besides the value; nothing is taken. */
  readonly upfront?: bigint;
  /** What the sender's nonce has to be; by default any. */
  readonly nonce?: bigint;
}
