import { numberToHex } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import { farFailure } from "../../simulate/far-failure.ts";
import type { CrossedFrames } from "../../simulate/crossed-frames.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { ProxyNames } from "../proxies/proxy-names.ts";
import { warningOf } from "../../simulate/warnings.ts";
import { rollupFrame, type TraceFrame, withoutEmptyCalls } from "./frame.ts";

/** The most gas with which a proxy keeps Ether: `contracts/proxy/CrossChainProxy.sol`. */
const STIPEND = 2_300n;

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
  const open = [{ chain, frame, shown: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { shown } = next;
    const waiting = next.chain === chain ? waitingEther(next.frame, names) : undefined;
    if (waiting !== undefined) shown.warning = waiting;
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
    open.push(...inside);
  }
  return withoutEmptyCalls(root);
}

/** What is odd about a frame whose Ether waits at a proxy's address, if it is known that this is one. */
function waitingEther(frame: CallFrame, names: ProxyNames | undefined): string | undefined {
  if (names === undefined || frame.to === undefined || frame.value === 0n) return undefined;
  if (frame.noCode === true) return names.warningOf(frame.to);
  const isTaken = frame.error === undefined && frame.input === "0x" && frame.gas <= STIPEND;
  return isTaken ? names.waitingOf(frame.to) : undefined;
}

function placedOn(chain: ChainId, frames: readonly CallFrame[]) {
  return frames.map((frame) => ({ chain, frame }));
}
