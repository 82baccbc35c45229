import { type Hex, keccak256 } from "viem";
import type { ErrorCode } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";
import { type DecodedTransaction, decodeTransaction } from "./decode.ts";

/** A transaction of L1 that the builder has taken on, decoded and its sender recovered. */
export interface L1Transaction {
  readonly hash: Hex;
  readonly rollup?: undefined;
  /** The raw transaction. */
  readonly data: Hex;
  readonly decoded: DecodedTransaction;
}

/** A transaction signed for a rollup that the builder has taken on. */
export interface RollupTransaction {
  /** keccak256 of its bytes. */
  readonly hash: Hex;
  /** The rollup it was signed for. */
  readonly rollup: ChainId;
  /** The raw transaction. */
  readonly data: Hex;
}

/** A transaction that the builder has taken on. */
export type AcceptedTransaction = L1Transaction | RollupTransaction;

/** @throws {MalformedTransactionError} */
export function l1Transaction(data: Hex, l1ChainId: bigint): L1Transaction {
  const decoded = decodeTransaction(data, l1ChainId);
  return { hash: decoded.hash, data, decoded };
}

export function rollupTransaction(rollup: ChainId, data: Hex): RollupTransaction {
  return { hash: keccak256(data), rollup, data };
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

/** It has taken effect on L1. */
export interface Posted {
  readonly state: "posted";
  /** The L1 transaction in which it took effect: its own, or the batch's. */
  readonly l1Transaction: Hex;
  readonly blockNumber: bigint;
  readonly timings: Timings;
}

/** It will not be included, for a reason of its own. */
export interface Failed {
  readonly state: "failed";
  /** Stable code of the reason, then what it means. */
  readonly code: ErrorCode;
  readonly reason: string;
  /** Revert data, if code on some chain reverted. */
  readonly data?: Hex;
}

/** It waits, because of trouble that is not its own: of L1, the disk, the provers. */
export interface Retrying {
  readonly state: "retrying";
  readonly code: ErrorCode;
  readonly reason: string;
  /** How often it was tried since it last came on. */
  readonly attempts: number;
}

/** How far the builder has come with a transaction. */
export type TransactionStatus =
  { readonly state: "queued" } | { readonly state: "proving" } | Retrying | Posted | Failed;
