import type { Address } from "viem";
import type { L1Frame } from "../../l1/call-tracer.ts";
import { type Action, ActionKind } from "../../protocol/action.ts";
import { lowerCase } from "../../protocol/address.ts";
import { L1 } from "../../protocol/ids.ts";
import type { CrossCall } from "../trace/cross-chain-trace.ts";
import { relayOf } from "../trace/l1-frame.ts";

/** A call that left L1, as the node's trace shows it. */
export interface L1Call {
  readonly call: CrossCall;
  /** A frame around it was reverted, or the transaction. */
  readonly isUndone: boolean;
}

/**
 * The calls that left L1 in a transaction, those inside what L1 did for rollups included.
 * @param manager address of `Rollups`, lower case.
 */
export function callsFrom(root: L1Frame, manager: Address): L1Call[] {
  const found: L1Call[] = [];
  const waiting = [{ frame: root, isStatic: false, isUndone: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { frame } = next;
    const isStatic = next.isStatic || frame.type === "STATICCALL";
    const relay = relayOf(frame, manager);
    if (relay !== undefined) {
      const { chain: to, sender, target, data } = relay;
      const call = { from: L1, to, sender, target, value: frame.value, data, isStatic };
      found.push({ call, isUndone: next.isUndone });
    }
    // The proxy fails as its original does: its own frame is the call's outcome, and undoes nothing else.
    const [only, ...others] = frame.calls;
    const isProxy = only !== undefined && others.length === 0 && relayOf(only, manager) !== undefined;
    const isUndone = next.isUndone || (frame.error !== undefined && !isProxy && relay === undefined);
    waiting.push(...frame.calls.map((call) => ({ frame: call, isStatic, isUndone })).toReversed());
  }
  return found;
}

/** Whether the call is the one that the action says. */
export function isTrigger(action: Action | undefined, call: CrossCall): boolean {
  return (
    action?.kind === ActionKind.CALL &&
    action.to === call.to &&
    action.isStatic === call.isStatic &&
    action.value === call.value &&
    action.data === call.data &&
    lowerCase(action.sender) === lowerCase(call.sender) &&
    lowerCase(action.target) === lowerCase(call.target)
  );
}
