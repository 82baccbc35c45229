import type { CallFrame } from "../evm/call-frame.ts";
import { L1 } from "../protocol/ids.ts";
import type { CrossedFrames, PlacedFrame } from "./crossed-frames.ts";
import { nameOf } from "./far-failure.ts";

/**
 * What is odd about a call that has come from another chain: its target has no code there, so that it did
 * nothing and succeeded. Ether alone may go to any account.
 * @param entered the frame that the call has entered.
 */
export function warningOf({ chain, frame }: PlacedFrame): string | undefined {
  // On L1 the proxy of the caller calls its target.
  const target = chain === L1 ? frame.calls[0] : frame;
  if (target?.noCode !== true || target.input === "0x") return undefined;
  return noCodeWarning(target.to ?? "the target", nameOf(chain));
}

/** Of a call with data to an account without code. */
export function noCodeWarning(target: string, chain: string): string {
  return `${target} has no code on ${chain}: the call did nothing there, and succeeded`;
}

/**
 * What is odd about what a call did on other chains, each thing once.
 * @param frame with which it began.
 */
export function warningsIn(frame: CallFrame, crossed: Pick<CrossedFrames, "calleesOf">): string[] {
  const found = new Set<string>();
  const waiting = [frame];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const callee of crossed.calleesOf(next)) {
      const warning = warningOf(callee);
      if (warning !== undefined) found.add(warning);
      waiting.push(callee.frame);
    }
    waiting.push(...next.calls);
  }
  return [...found];
}
