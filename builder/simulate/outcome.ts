import type { Address, Hex } from "viem";
export { type Authorization, type CallRequest, InvalidTransactionError } from "../evm/call-request.ts";
import type { CallFrame } from "../evm/call-frame.ts";
import { revertMessage } from "../evm/revert-reason.ts";
import type { CrossedFrames } from "./crossed-frames.ts";
import { LockstepError } from "../protocol/errors.ts";

/** A rollup answered that the transaction signed for it fails. It has no effect and may be sent again. */
export class L2TransactionFailedError extends LockstepError {
  /** Revert data. */
  readonly data: Hex;

  constructor(data: Hex) {
    super("L2_TRANSACTION_FAILED", `the rollup answers that the transaction fails with ${data}`);
    this.data = data;
  }
}

/** Code reverted, with data of its own choice. */
export class TransactionRevertedError extends LockstepError {
  /** Revert data. */
  readonly data: Hex;

  constructor(data: Hex) {
    super("TRANSACTION_REVERTED", revertMessage(data));
    this.data = data;
  }
}

/** Code ended in another way than by a revert: out of gas, an invalid opcode. There is no data. */
export class ExecutionFailedError extends LockstepError {
  /** @param failure in the EVM's words. */
  constructor(failure: string) {
    super("EXECUTION_FAILED", failure);
  }
}

/**
 * What became of a transaction or call that did not succeed.
 * @param failure in the EVM's words.
 */
export function failureOf(data: Hex, failure: string | undefined): LockstepError {
  const reverted = failure === undefined || failure === "revert";
  return reverted ? new TransactionRevertedError(data) : new ExecutionFailedError(failure);
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
  /** The frames on L1. */
  readonly trace: CallFrame | undefined;
  /** Which frames of other chains were entered from which. */
  readonly crossed: CrossedFrames;
  /** Of a call: slots of each account on L1 that was accessed and not undone. */
  readonly accessed: ReadonlyMap<Address, ReadonlySet<Hex>>;
  /** Whether a rollup was called, even in a frame that L1 then undid. */
  readonly crossesChains: boolean;
}

/** What a transaction signed for a rollup does. */
export interface L2TransactionOutcome {
  /** Return data. */
  readonly data: Hex;
}
