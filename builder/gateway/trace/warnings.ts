/** A frame that may have something to warn of. */
interface WarningFrame {
  readonly warning?: string;
  readonly calls?: readonly WarningFrame[];
}

/** Everything that frames of the trace warn of, each thing once, in the order of the frames. */
export function warningsOf(root: WarningFrame): string[] {
  const found = new Set<string>();
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.warning !== undefined) found.add(next.warning);
    waiting.push(...(next.calls ?? []).toReversed());
  }
  return [...found];
}
