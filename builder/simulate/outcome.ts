import type { Address, Hex } from "viem";
export { type Authorization, type CallRequest, InvalidTransactionError } from "../evm/call-request.ts";
import type { CallFrame } from "../evm/call-frame.ts";
import { revertMessage } from "../evm/revert-reason.ts";
import type { CrossedFrames } from "./crossed-frames.ts";
import { LockstepError } from "../protocol/errors.ts";
import { type ChainId, L1 } from "../protocol/ids.ts";
import { farFailure } from "./far-failure.ts";

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

  /** @param far why it failed on another chain, where no data says so. */
  constructor(data: Hex, far?: string) {
    super("TRANSACTION_REVERTED", far === undefined ? revertMessage(data) : `${revertMessage(data)}: ${far}`);
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

/** How a call ended that did not succeed. */
export interface FailedCall {
  /** The chain that it began on, and its frame there. */
  readonly chain: ChainId;
  readonly frame: CallFrame | undefined;
  readonly crossed: CrossedFrames;
  /** Revert data. */
  readonly data: Hex;
  /** In the EVM's words. */
  readonly failure: string | undefined;
}

/** What became of a call that did not succeed. */
export function failureOf({ chain, frame, crossed, data, failure }: FailedCall): LockstepError {
  if (failure !== undefined && failure !== "revert") return new ExecutionFailedError(failure);
  return new TransactionRevertedError(data, frame && farFailure(chain, frame, crossed));
}

/** The same of a transaction or call that began on L1. */
export function failureOnL1({ trace, crossed, data, failure }: TransactionOutcome): LockstepError {
  return failureOf({ chain: L1, frame: trace, crossed, data, failure });
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
  /** What is odd about what it does on other chains, in words. */
  readonly warnings: readonly string[];
}
