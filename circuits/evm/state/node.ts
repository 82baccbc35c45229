import type { Linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";

/** Children of a node. */
export const ARITY = 4;
/** Levels of a full tree, which has 4^16 leaves. */
export const MAX_DEPTH = 16;
/** Leaves of a full tree. */
export const MAX_SIZE = 1n << 32n;

/**
 * An inner node below which something changes or is read: one row for all paths that go through it.
 *
 * Level and index are pinned from above. The root is received at its own level and at index 0, and each node
 * receives its children one level below, each at most once: so at most one row stands for each node of the
 * tree. What is sent for another level or index has no receiver.
 *
 * given: level (1 or more), index; of child c: touched c (a row stands for it), before c, after c.
 */
export const node = row("node", "the node is the hash of its children, before and after", (r) => {
  const level = r.given("level");
  const index = r.given("index");
  r.bounded(level, BigInt(MAX_DEPTH), "the way up from parent to parent ends at the root's level only");
  r.bounded(index, MAX_SIZE - 1n, "a parent's index is a quarter of its child's, and the root's is 0");
  const before: Linear[] = [];
  const after: Linear[] = [];
  for (let child = 0; child < ARITY; child++) {
    const touched = r.flag(`touched ${child}`);
    const old = r.given(`before ${child}`);
    const now = r.given(`after ${child}`);
    r.equal(now, old, "a child that no row stands for does not change", r.on.minus(touched));
    const place = { level: level.minus(1), index: index.times(ARITY).plus(child) };
    r.receive("node", { ...place, before: old, after: now }, touched);
    before.push(old);
    after.push(now);
  }
  r.send("node", { level, index, before: r.hash(...before), after: r.hash(...after) });
});
