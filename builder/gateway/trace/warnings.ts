import type { TraceFrame } from "./frame.ts";

/** Everything that frames of the trace warn of, each thing once, in the order of the frames. */
export function warningsOf(root: TraceFrame): string[] {
  const found = new Set<string>();
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.warning !== undefined) found.add(next.warning);
    waiting.push(...(next.calls ?? []).toReversed());
  }
  return [...found];
}
