import { type Address, getAbiItem, toFunctionSelector } from "viem";
import { decodeRelay, type RelayCall } from "../../evm/relay-call.ts";
import type { L1Frame } from "../../l1/call-tracer.ts";
import { rollupsAbi } from "../../protocol/abi.ts";

const RUN_TRANSACTION = toFunctionSelector(getAbiItem({ abi: rollupsAbi, name: "runTransaction" }));

/**
 * The call that leaves L1 in this frame, if one does.
 * @param manager address of `Rollups`, lower case.
 */
export function relayOf({ type, to, input }: L1Frame, manager: Address): RelayCall | undefined {
  const isCall = type === "CALL" || type === "STATICCALL";
  return isCall && to === manager ? decodeRelay(input) : undefined;
}

/** Whether `Rollups` plays a transaction that was signed for a rollup in this frame. */
export function isTransactionFrame({ from, to, input }: L1Frame, manager: Address): boolean {
  return from === manager && to === manager && input.startsWith(RUN_TRANSACTION);
}

/**
 * The calls that `Rollups` makes for rollups in this frame and not in frames of L1 code that it calls: frames
 * that it opened in order to undo them belong to it.
 */
export function callsForRollups({ calls }: L1Frame, manager: Address): L1Frame[] {
  return calls.flatMap((frame) => {
    if (frame.from !== manager) return [];
    if (frame.to === manager) return callsForRollups(frame, manager);
    return frame.type === "CALL" || frame.type === "STATICCALL" ? [frame] : [];
  });
}
