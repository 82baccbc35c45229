import { formatEther } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";

/** How much of calldata and answers is shown, in characters. */
const MAX_LENGTH = 138;

/** A tree of frames as lines of text, inner ones indented. */
export function frameLines(frame: CallFrame<string> | undefined, depth = 0): string[] {
  if (frame === undefined) return [];
  const { type, from, to, value, gas, gasUsed, input, output, error, calls } = frame;
  const ether = value === 0n ? "" : ` with ${formatEther(value)} ETH`;
  const answer = error === undefined ? `→ ${shorten(output)}` : `✗ ${error} ${shorten(output)}`;
  const line = `${type} ${from} → ${to ?? "?"}${ether} ${shorten(input)} ${answer} (gas ${gasUsed} of ${gas})`;
  return [`${"  ".repeat(depth)}${line}`, ...calls.flatMap((call) => frameLines(call, depth + 1))];
}

function shorten(data: string): string {
  return data.length <= MAX_LENGTH ? data : `${data.slice(0, MAX_LENGTH)}…`;
}
