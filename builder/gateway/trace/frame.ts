import { type Hex, numberToHex } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import { revertReason } from "../../evm/revert-reason.ts";
import { LockstepError } from "../../protocol/errors.ts";
import type { ChainId } from "../../protocol/ids.ts";

/** A frame as `callTracer` shows it, and the chain on which it ran. */
export interface TraceFrame {
  /** In Lockstep's numbering: 0 is L1. */
  readonly chain: Hex;
  readonly type: string;
  readonly from: Hex;
  readonly to?: Hex;
  readonly value?: Hex;
  readonly gas: Hex;
  readonly gasUsed: Hex;
  readonly input: Hex;
  readonly output?: Hex;
  readonly error?: string;
  /** What its revert data says, or why it came back from another chain without any. */
  revertReason?: string;
  /** In this frame a call left for another chain: its frame is the frame's only child. */
  crossing?: Hex;
  /** Why frames of the other chain are not there. */
  readonly missing?: string;
  /** What is odd about the call, though the EVM has nothing against it. */
  warning?: string;
  calls?: TraceFrame[];
}

/** Frames are nested more deeply than an answer may be. */
export class TraceTooDeepError extends LockstepError {
  constructor(limit: number) {
    super("TRACE_TOO_DEEP", `the frames are nested more deeply than ${limit} levels`);
  }
}

/** Deepest nesting of frames over all chains. */
const MAX_DEPTH = 2_000;

/**
 * The tree, without empty lists.
 * @throws {TraceTooDeepError}
 */
export function withoutEmptyCalls(root: TraceFrame): TraceFrame {
  let level: TraceFrame[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new TraceTooDeepError(MAX_DEPTH);
    const below: TraceFrame[] = [];
    for (const frame of level) {
      if (frame.calls?.length === 0) delete frame.calls;
      below.push(...(frame.calls ?? []));
    }
    level = below;
  }
  return root;
}

/** A frame that Lockstep's own EVM has recorded. */
export function rollupFrame(frame: CallFrame, chain: ChainId): TraceFrame {
  const { type, from, to, value, gas, gasUsed, input, output, error } = frame;
  return {
    chain: numberToHex(chain),
    type,
    from,
    ...(to === undefined ? {} : { to }),
    value: numberToHex(value),
    gas: numberToHex(gas),
    gasUsed: numberToHex(gasUsed),
    input,
    ...(output === "0x" ? {} : { output }),
    ...(error === undefined
      ? {}
      : { error: error === "revert" ? "execution reverted" : error, ...reasonOf(output) }),
    calls: [],
  };
}

function reasonOf(data: Hex): { revertReason?: string } {
  const reason = revertReason(data);
  return reason === undefined ? {} : { revertReason: reason };
}
