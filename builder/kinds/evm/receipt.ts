import type { Address, Hex } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import type { EvmLog } from "../../evm/logs.ts";
import type { Action } from "../../protocol/action.ts";

/**
 * What one visit did on the rollup, for people and tools. A visit is shown as one transaction of the rollup:
 * the one that was signed for it, or one that stands for the call from another chain.
 */
export interface VisitReceipt {
  /** The rollup's block in which the visit happened, and its time in seconds. */
  readonly blockNumber: bigint;
  readonly timestamp: bigint;
  /**
   * Every action in or out of the rollup, in order; the first one is the CALL or L2TX that began the visit.
   */
  readonly actions: readonly Action[];
  /** Sender of the transaction; for a call, the proxy that stands for the caller. */
  readonly from: Address;
  readonly to?: Address;
  readonly value: bigint;
  readonly input: Hex;
  /** Whether the transaction, or the first call, succeeded. */
  readonly success: boolean;
  readonly gasUsed: bigint;
  readonly output: Hex;
  /** Of the whole visit, in the order of emission. */
  readonly logs: readonly EvmLog[];
  /** Contract that the transaction created, if that is what it did. */
  readonly created?: Address;
  /** The frames of each incoming action (CALL or L2TX), in the order in which those came. */
  readonly operations: readonly CallFrame[];
}
