import type { Address, Hex } from "viem";
import type { ChainId } from "../protocol/ids.ts";

/** What opens a frame. */
export type FrameType = "CALL" | "STATICCALL" | "DELEGATECALL" | "CALLCODE" | "CREATE" | "CREATE2";

/** A frame of one chain's EVM, as `callTracer` shows it. */
export interface CallFrame<Type extends string = FrameType> {
  readonly type: Type;
  readonly from: Address;
  /** The callee; the contract created, if it was. */
  to?: Address;
  readonly value: bigint;
  readonly gas: bigint;
  gasUsed: bigint;
  readonly input: Hex;
  output: Hex;
  /** What went wrong, in the EVM's words. */
  error?: string;
  readonly calls: CallFrame<Type>[];
  /** The callee has no code: whatever it was called with, it did nothing. */
  noCode?: true;
  /**
   * The frame is one in which a call left for another chain: where to, and its index among the visit's
   * actions.
   */
  crossing?: { readonly to: ChainId; readonly action: number };
}
