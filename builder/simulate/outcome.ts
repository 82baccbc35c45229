import type { Address, Hex } from "viem";
import type { RecordedExecution } from "../execution/recorded.ts";
import { LockstepError } from "../protocol/errors.ts";

/** The transaction was refused by L1's own rules (nonce, balance, fee, intrinsic gas), before any code ran. */
export class InvalidTransactionError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("INVALID_TRANSACTION", `L1 would refuse the transaction: ${reason}`, options);
  }
}

/** A rollup answered that the transaction signed for it fails. It has no effect and may be sent again. */
export class L2TransactionFailedError extends LockstepError {
  /** Revert data. */
  readonly data: Hex;

  constructor(data: Hex) {
    super("L2_TRANSACTION_FAILED", `the rollup answers that the transaction fails with ${data}`);
    this.data = data;
  }
}

/** The transaction would run on L1, and revert. */
export class TransactionRevertedError extends LockstepError {
  /** Revert data. */
  readonly data: Hex;

  constructor(data: Hex, failure: string | undefined) {
    const how = failure === undefined || failure === "revert" ? `with data ${data}` : `(${failure})`;
    super("TRANSACTION_REVERTED", `execution reverted ${how}`);
    this.data = data;
  }
}

/** An event that L1 code emitted. Those of `Rollups` itself are not simulated. */
export interface SimulatedLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** What a transaction does on L1, and what it caused on the rollups. */
export interface TransactionOutcome {
  readonly success: boolean;
  /** Return data, or revert data when it failed. */
  readonly data: Hex;
  /** What went wrong in the EVM's words, if it failed. */
  readonly failure?: string;
  /** Upper bound of the gas used, refunds taken off. */
  readonly gasUsed: bigint;
  readonly logs: readonly SimulatedLog[];
  /** Contract that the transaction deploys, if that is what it does. */
  readonly created?: Address;
  /** Executions that the transaction needs and that none before it in the simulation brought along. */
  readonly executions: readonly RecordedExecution[];
  /** Whether a rollup was called, even in a frame that L1 then undid. */
  readonly crossesChains: boolean;
}

/** What a transaction signed for a rollup does. */
export interface L2TransactionOutcome {
  /** Return data. */
  readonly data: Hex;
  readonly executions: readonly RecordedExecution[];
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
