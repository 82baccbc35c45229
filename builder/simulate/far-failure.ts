import type { CallFrame } from "../evm/call-frame.ts";
import { type ChainId, L1 } from "../protocol/ids.ts";
import type { CrossedFrames, PlacedFrame } from "./crossed-frames.ts";

/**
 * Why a call failed without data because of what it called on another chain: an exceptional halt there, such
 * as running out of gas, comes back as an empty revert, which says nothing.
 * @param frame of the call, on `chain`.
 * @returns what went wrong there, where, and with which gas; nothing if it is something else.
 */
export function farFailure(
  chain: ChainId,
  frame: CallFrame,
  crossed: Pick<CrossedFrames, "calleesOf">,
): string | undefined {
  let at: PlacedFrame = { chain, frame };
  /** The call that came to the chain where the walk is. */
  let arrival: PlacedFrame | undefined;
  for (let next: PlacedFrame | undefined = at; next !== undefined; next = failedIn(next, crossed)) {
    if (next.chain !== at.chain) arrival = next;
    at = next;
  }
  const { error } = at.frame;
  if (arrival === undefined || error === undefined || error === "revert") return undefined;
  // On L1, the proxy of the caller makes the call.
  const { gas } = (arrival.chain === L1 ? arrival.frame.calls[0] : undefined) ?? arrival.frame;
  return `${error} on ${nameOf(at.chain)}, where the call had ${gas} gas`;
}

/** The call in a frame whose failure without data may be what the frame's own comes from. */
function failedIn(
  { chain, frame }: PlacedFrame,
  crossed: Pick<CrossedFrames, "calleesOf">,
): PlacedFrame | undefined {
  if (frame.error === undefined || frame.output !== "0x") return undefined;
  const callees = crossed.calleesOf(frame);
  const inside = callees.length > 0 ? callees : frame.calls.map((call) => ({ chain, frame: call }));
  return inside.findLast((call) => call.frame.error !== undefined && call.frame.output === "0x");
}

/** A chain, as messages name it. */
export function nameOf(chain: ChainId): string {
  return chain === L1 ? "L1" : `rollup ${chain}`;
}
