import { bytesToHex } from "viem";
import type { CallFrame } from "./call-frame.ts";
import type { EvmLog } from "./logs.ts";

/** A log as EthereumJS has it. */
type RawLog = readonly [address: Uint8Array, topics: readonly Uint8Array[], data: Uint8Array];

/** Frames are kept longer than anything asks for their logs, and in files that have none. */
const kept = new WeakMap<CallFrame, readonly RawLog[]>();

/** Notes the logs of a frame that has ended, those of the frames in it included. */
export function keepLogs(frame: CallFrame, logs: readonly RawLog[]): void {
  if (logs.length > 0) kept.set(frame, logs);
}

/**
 * The logs of a frame that was just played, those of the frames in it included, in order. Frames that ran on
 * other chains have their own; those that came back to the frame's chain are counted with it.
 */
export function logsOfFrame(frame: CallFrame): EvmLog[] {
  return (kept.get(frame) ?? []).map(([address, topics, data]) => ({
    address: bytesToHex(address),
    topics: topics.map((topic) => bytesToHex(topic)),
    data: bytesToHex(data),
  }));
}
