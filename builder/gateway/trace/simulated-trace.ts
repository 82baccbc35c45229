import { numberToHex } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import type { CrossedFrames } from "../../simulate/crossed-frames.ts";
import type { ChainId } from "../../protocol/ids.ts";
import { rollupFrame, type TraceFrame, withoutEmptyCalls } from "./frame.ts";

/** A call that was played on all chains. */
export interface SimulatedCall {
  /** The chain on which it began, and its outermost frame there. */
  readonly chain: ChainId;
  readonly frame: CallFrame;
  readonly crossed: Pick<CrossedFrames, "calleesOf">;
  /** Gas that it was given, and gas that a transaction would be charged. */
  readonly gas: bigint;
  readonly gasUsed: bigint;
}

/**
 * The frames of a call on all chains, as one chain would have nested them. All of them are there, those that
 * were undone as well; frames that the proxies' managers open for their own purposes are left out.
 * @throws {TraceTooDeepError}
 */
export function simulatedTrace({ chain, frame, crossed, gas, gasUsed }: SimulatedCall): TraceFrame {
  // A transaction pays for more than what its first frame uses.
  const root: TraceFrame = {
    ...rollupFrame(frame, chain),
    gas: numberToHex(gas),
    gasUsed: numberToHex(gasUsed),
  };
  const waiting = [{ chain, frame, shown: root }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { shown } = next;
    const callees = crossed.calleesOf(next.frame);
    const [first] = callees;
    if (first !== undefined) shown.crossing = numberToHex(first.chain);
    const below = first === undefined ? placedOn(next.chain, next.frame.calls) : callees;
    const inside = below.map((each) => ({ ...each, shown: rollupFrame(each.frame, each.chain) }));
    shown.calls = inside.map((each) => each.shown);
    waiting.push(...inside);
  }
  return withoutEmptyCalls(root);
}

function placedOn(chain: ChainId, frames: readonly CallFrame[]) {
  return frames.map((frame) => ({ chain, frame }));
}
