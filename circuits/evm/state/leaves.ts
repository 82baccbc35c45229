import { row } from "../../bus/row.ts";
import { between, isAbove } from "./compare.ts";
import { MAX_SIZE } from "./node.ts";

/** Keys of a state are below this: those of its leaves were proven to be when they were added. */
const MAX_KEY = (1n << 248n) - 1n;
const OF_THE_STATE = "the state before has only such leaves";

/**
 * A leaf of the tree before, which is read or changed, or shows that keys behind it are absent.
 *
 * Its gap are the keys between it and the next leaf. Whatever the visit has to do with keys of the gap is
 * settled by `newLeaf` and `absent` in one chain of ascending keys, which begins here and ends here: only
 * here is `end` received with itself as the next leaf. No other leaf has the same end.
 *
 * given: index, key, nextBefore, nextAfter, valueBefore, valueAfter; used (the visit has to do with the
 * leaf's own key), gap (it has to do with keys of the gap), last (the last of those that it has to do
 * with).
 */
export const leaf = row("leaf", "the leaf is in the tree before, and this in the tree after", (r) => {
  const index = r.given("index");
  const key = r.given("key");
  const nextBefore = r.given("nextBefore");
  const nextAfter = r.given("nextAfter");
  const before = r.given("valueBefore");
  const after = r.given("valueAfter");
  const used = r.flag("used");
  const gap = r.flag("gap");
  r.bounded(index, MAX_SIZE - 1n, "received by a node of the tree, or by none");
  r.bounded(key, MAX_KEY, OF_THE_STATE);
  r.bounded(nextBefore, MAX_KEY, OF_THE_STATE);
  r.equal(after, before, "a key that the visit has nothing to do with keeps its value", r.on.minus(used));
  r.equal(nextAfter, nextBefore, "a gap without new leaves has the same end", r.on.minus(gap));

  r.send("node", {
    level: 0,
    index,
    before: r.hash(key, nextBefore, before),
    after: r.hash(key, nextAfter, after),
  });
  r.send("value", { key, before, after }, used);
  r.bounded(nextAfter, MAX_KEY, "the end of the gap, or the key of the `newLeaf` that receives it");
  r.send("gap", { key, end: nextBefore, next: nextAfter }, gap);
  r.receive("gap", { key: r.given("last"), end: nextBefore, next: nextBefore }, gap);
});

/**
 * A leaf that the visit adds: at the first place that is empty, linked in between its neighbours.
 *
 * given: size (before it), key, previous (key settled before it in its gap), end (of the gap), next (leaf
 * after it in the tree after), added (key of the leaf added before it), value.
 */
export const newLeaf = row("newLeaf", "the key had no leaf, and has this one in the tree after", (r) => {
  const size = r.given("size");
  const key = r.given("key");
  const previous = r.given("previous");
  const end = r.given("end");
  const next = r.given("next");
  const added = r.given("added");
  const value = r.given("value");
  r.receive("gap", { key: previous, end, next: key });
  between(r, previous, key, end);
  r.bounded(next, MAX_KEY, "the end of the gap, or the key of the `newLeaf` that receives it");
  r.send("gap", { key, end, next });

  r.receive("insertion", { key: added, size });
  isAbove(r, added, key);
  r.bounded(size, MAX_SIZE - 1n, "sizes rise to that of the tree after, which is at most 4^16");
  r.send("insertion", { key, size: size.plus(1) });

  r.equal(r.isZero(value), 0, "a value of 0 adds no leaf");
  r.send("node", { level: 0, index: size, before: 0, after: r.hash(key, next, value) });
  r.send("value", { key, before: 0, after: value });
});

/**
 * A key without a leaf, before and after.
 *
 * given: key, previous (key settled before it in its gap), end (of the gap), next (leaf after it in the tree
 * after).
 */
export const absent = row("absent", "the key has no leaf, neither before nor after", (r) => {
  const key = r.given("key");
  const previous = r.given("previous");
  const end = r.given("end");
  const next = r.given("next");
  r.receive("gap", { key: previous, end, next });
  between(r, previous, key, next);
  r.send("gap", { key, end, next });
  r.send("value", { key, before: 0, after: 0 });
});
