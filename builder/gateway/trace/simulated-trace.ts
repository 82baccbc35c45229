import { numberToHex } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import { farFailure } from "../../simulate/far-failure.ts";
import type { CrossedFrames } from "../../simulate/crossed-frames.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { ProxyNames } from "../proxies/proxy-names.ts";
import { warningOf } from "../../simulate/warnings.ts";
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
  /** Where proxies belong on the chain. */
  readonly names?: ProxyNames;
}

/**
 * The frames of a call on all chains, as one chain would have nested them. All of them are there, those that
 * were undone as well; frames that the proxies' managers open for their own purposes are left out.
 * @throws {TraceTooDeepError}
 */
export function simulatedTrace({ chain, frame, crossed, gas, gasUsed, names }: SimulatedCall): TraceFrame {
  // A transaction pays for more than what its first frame uses.
  const root: TraceFrame = {
    ...rollupFrame(frame, chain),
    gas: numberToHex(gas),
    gasUsed: numberToHex(gasUsed),
  };
  const waiting = [{ chain, frame, shown: root }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { shown } = next;
    const isStray = next.chain === chain && next.frame.noCode === true && next.frame.value > 0n;
    const stray = isStray && next.frame.to !== undefined ? names?.warningOf(next.frame.to) : undefined;
    if (stray !== undefined) shown.warning = stray;
    const callees = crossed.calleesOf(next.frame);
    const [first] = callees;
    if (first !== undefined) {
      shown.crossing = numberToHex(first.chain);
      const reason = farFailure(next.chain, next.frame, crossed);
      if (reason !== undefined) shown.revertReason = reason;
    }
    const below = first === undefined ? placedOn(next.chain, next.frame.calls) : callees;
    const inside = below.map((each) => ({ ...each, shown: rollupFrame(each.frame, each.chain) }));
    if (first !== undefined)
      for (const each of inside) {
        const warning = warningOf(each);
        if (warning !== undefined) each.shown.warning = warning;
      }
    shown.calls = inside.map((each) => each.shown);
    waiting.push(...inside);
  }
  return withoutEmptyCalls(root);
}

function placedOn(chain: ChainId, frames: readonly CallFrame[]) {
  return frames.map((frame) => ({ chain, frame }));
}
