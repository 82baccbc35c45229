import { type ChainId, L1 } from "../../protocol/ids.ts";

/** A call from one chain to another that a trace went through, and what became of it. */
export interface TracedCall {
  readonly from: ChainId;
  readonly to: ChainId;
  /** The call in which the calling operation runs; none for what a transaction of its chain does. */
  readonly outer: TracedCall | undefined;
  readonly isStatic: boolean;
  /** The call failed. */
  readonly failed: boolean;
  /** A frame around it, inside its operation, was reverted. */
  readonly reverted: boolean;
  /** A frame around it was reverted, in which another call that had succeeded was made before. */
  readonly revertedSince: boolean;
}

/**
 * Whether what a call did took effect: nothing around it failed, on any chain. Rollups keep a history of such
 * visits only.
 */
export function tookEffect(call: TracedCall): boolean {
  for (let each: TracedCall | undefined = call; each !== undefined; each = each.outer)
    if (each.failed || each.reverted || each.isStatic) return false;
  return true;
}

/**
 * Whether a rollup that waits for the result of a call of its own remembers an operation that `call` began
 * there meanwhile (docs/spec.md section 1, "Paths" and "Undoing on rollups"): it forgets what was undone
 * without its knowledge.
 */
export function isRemembered(call: TracedCall): boolean {
  const rollup = call.to;
  for (let each: TracedCall | undefined = call; each !== undefined; each = each.outer) {
    if (!isKnownTo(rollup, each)) return false;
    if (each.from === rollup) return true;
  }
  return false;
}

/** Whether the rollup knows of the undoing of the call, if it was undone. */
function isKnownTo(rollup: ChainId, call: TracedCall): boolean {
  const { from, to, isStatic, failed, reverted, revertedSince } = call;
  // L1's own undoing ends a path, and nothing continues a path that has ended.
  if (from === L1) return !isStatic && !failed && !reverted;
  if (failed) return rollup === from || (rollup === to && !revertedSince);
  return rollup === from || !reverted;
}
