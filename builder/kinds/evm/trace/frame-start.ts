import type { FRAME_ATTRIBUTE, STATEMENT_ATTRIBUTE } from "../../../../circuits/evm/attributes.ts";

/** Attributes that instructions of a frame push or look at. */
export type AttributeName =
  | keyof typeof FRAME_ATTRIBUTE
  | Extract<keyof typeof STATEMENT_ATTRIBUTE, "timestamp" | "number" | "chainId">;

/** How a frame begins: what the row that begins it puts on the bus. */
export interface FrameStart {
  /** The frame's number in the statement, from 1. */
  readonly context: bigint;
  /** Time of its first step: the `state` tuple's that it begins with. */
  readonly time: bigint;
  readonly gas: bigint;
  /** Slot of the statement that has its code. */
  readonly slot: bigint;
  readonly code: Uint8Array;
  readonly callData: Uint8Array;
  readonly attributes: Readonly<Record<AttributeName, bigint>>;
}

/** How it ended: what the `ended` and `returned` tuples say. */
export interface FrameEnd {
  readonly time: bigint;
  /** What is left of it. */
  readonly gas: bigint;
  readonly succeeded: boolean;
  /** Empty after an exceptional halt. */
  readonly output: Uint8Array;
}
