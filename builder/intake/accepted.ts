import type { Hex } from "viem";
import type { ErrorCode } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";

/** A transaction that the builder has taken on: one of L1's, or one signed for a rollup. */
export interface AcceptedTransaction {
  /** Hash of the raw transaction; for a rollup's, keccak256 of its bytes. */
  readonly hash: Hex;
  /** The rollup it was signed for; absent for a transaction of L1. */
  readonly rollup?: ChainId;
  /** The raw transaction. */
  readonly data: Hex;
}

/** Milliseconds that each step took, as far as it was reached. */
export interface Timings {
  readonly simulate?: number;
  readonly witness?: number;
  readonly prove?: number;
  /** Part of `prove` and `post`: what it took to check as a stranger would what was posted. */
  readonly check?: number;
  readonly post?: number;
}

/** How far the builder has come with a transaction. */
export type TransactionStatus =
  | { readonly state: "queued" }
  | { readonly state: "proving" }
  | {
      readonly state: "posted";
      /** The L1 transaction in which it took effect: its own, or the batch's. */
      readonly l1Transaction: Hex;
      readonly blockNumber: bigint;
      readonly timings: Timings;
    }
  | {
      readonly state: "failed";
      /** Stable code of the reason, then what it means. */
      readonly code: ErrorCode;
      readonly reason: string;
      /** Revert data, if code on some chain reverted. */
      readonly data?: Hex;
    };
