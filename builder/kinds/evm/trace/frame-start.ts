import type { FRAME_ATTRIBUTE, STATEMENT_ATTRIBUTE } from "../../../../circuits/evm/attributes.ts";

/** Attributes that instructions of a frame push or look at. `undoing` follows from its end. */
export type AttributeName =
  | Exclude<keyof typeof FRAME_ATTRIBUTE, "undoing">
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
  /**
   * If it fails, what it did to tables is undone, after so many changes that were made before it began;
   * undefined where it is not, since the visit then leaves nothing behind.
   */
  readonly undoneBefore: bigint | undefined;
}

/** How it ended: what the `ended` and `returned` tuples say. */
export interface FrameEnd {
  /** After all undoings. */
  readonly time: bigint;
  /** What is left of it. */
  readonly gas: bigint;
  readonly succeeded: boolean;
  /** Empty after an exceptional halt. */
  readonly output: Uint8Array;
}

/** How what a frame did to tables is undone. */
export interface Undoings {
  /** How much of it there is; each takes a unit of time. */
  readonly count: bigint;
  /** What the frame is told. */
  readonly attribute: bigint;
  /** The same, for rows. */
  readonly given: Readonly<Record<string, bigint>>;
}
