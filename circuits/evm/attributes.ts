/**
 * Kinds of the bus' `attribute` tuples, which say what a frame, or the statement, is.
 *
 * A kind that an instruction pushes has that instruction's opcode as its number: so one row type pushes all
 * of them. The others have numbers of opcodes that Osaka does not define: decoded code has no such class
 * (docs/proving-evm.md, section 5), so no instruction pushes them.
 */

/** Sent by what begins the frame, with the frame's context, as lo + hi·2^128. */
export const FRAME_ATTRIBUTE = {
  /** Whose storage and balance the frame has; below 2^160. */
  address: 0x30,
  origin: 0x32,
  caller: 0x33,
  /** Wei. */
  callValue: 0x34,
  /** Bytes. */
  callDataSize: 0x36,
  gasPrice: 0x3a,
  /** 1 in a frame that may not write (EIP-214), else 0. */
  isStatic: 0xc0,
  /** 2^128·(time of the last undoing) + 1 where what the frame does to tables is undone; else 0. */
  undoing: 0xc1,
} as const;

export type FrameAttribute = keyof typeof FRAME_ATTRIBUTE;
export const FRAME_ATTRIBUTES = [
  "address",
  "origin",
  "caller",
  "callValue",
  "callDataSize",
  "gasPrice",
  "isStatic",
  "undoing",
] as const satisfies readonly FrameAttribute[];

/** Sent by the row of the statement's header, with context 0. */
export const STATEMENT_ATTRIBUTE = {
  /** Seconds: the batch's, as contracts of the rollup see it. */
  timestamp: 0x42,
  /** The rollup's block. */
  number: 0x43,
  /** The rollup's EVM chain id (docs/spec.md, section 7). */
  chainId: 0x46,
  /** EVM chain id of L1. */
  l1ChainId: 0xc8,
  /** Address of the contract on L1 that keeps the rollup's state. */
  manager: 0xc9,
  /** The rollup's id in Lockstep's numbering. */
  rollup: 0xca,
  /** 1 if the visit changes the state, 0 if it leaves no trace. */
  keeps: 0xcb,
} as const;

/** Context of what the statement itself says; frames are numbered from 1. */
export const STATEMENT_CONTEXT = 0n;
