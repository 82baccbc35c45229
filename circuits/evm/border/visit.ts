import { STATEMENT_LAYOUT } from "../../../builder/protocol/statement.ts";
import { wholeOf } from "../../bus/halves.ts";
import { linear, type Linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { EMPTY_TREE } from "../state/constants.ts";
import { MAX_DEPTH, MAX_SIZE } from "../state/node.ts";
import { receiveHalf, receiveWord } from "./words.ts";

const { header: FIRST, visit: VISIT_WORDS } = STATEMENT_LAYOUT;
const SIZE_BITS = 32;

/**
 * A visit: from the state before, through its actions, to the state after. No other row takes its words, so
 * there is one.
 *
 * A tree's depth follows from its size: the least d ≥ 1 with 4^d ≥ size. It rises by one level at most; the
 * tree before is then that of the depth after whose other subtrees are empty.
 *
 * given: rootBefore lo and hi, rootAfter lo and hi, actions (number of them); treeBefore, treeAfter (root
 * nodes), sizeBefore, sizeAfter, rises (the depth does), depth 1 … depth 16 (which one it is before), added
 * (key of the leaf added last, or 0); number (of the block); keeps (the visit's effects last), reads keeps;
 * end, endTime, endContext (of the last cursor).
 */
export const visit = row(
  "visit",
  "the rollup's state goes from one root to the other by these actions",
  (r) => {
    const rootBefore = wholeOf(receiveWord(r, "rootBefore", FIRST));
    const rootAfter = wholeOf(receiveWord(r, "rootAfter", FIRST + 1));
    const actions = receiveHalf(r, "actions", FIRST + 2);

    const treeBefore = r.given("treeBefore");
    const treeAfter = r.given("treeAfter");
    const sizeBefore = r.given("sizeBefore");
    const sizeAfter = r.given("sizeAfter");
    r.equal(r.hash(treeBefore, sizeBefore), rootBefore, "a state root is that of tree and size");
    r.equal(r.hash(treeAfter, sizeAfter), rootAfter, "a state root is that of tree and size, after");

    const rises = r.flag("rises");
    const depth = depthOf(r);
    assertDepth(r, sizeBefore, depth);
    r.multiply(rises, depth.isGreatest, 0, "a full tree takes no new leaf");
    assertDepth(r, sizeAfter, {
      // Of a tree that has risen, four times as many places, and as many as before were too few.
      places: depth.places.plus(r.product(rises, depth.places.times(3))),
      fewest: depth.fewest.plus(r.product(rises, depth.places.plus(1).minus(depth.fewest))),
    });
    const { empty } = depth;
    const before = r.choose(rises, r.hash(treeBefore, empty, empty, empty), treeBefore);
    r.receive("node", { level: depth.level.plus(rises), index: 0, before, after: treeAfter });
    r.send("insertion", { key: 0, size: sizeBefore });
    r.receive("insertion", { key: r.given("added"), size: sizeAfter });

    const attribute = { context: STATEMENT_CONTEXT, hi: 0 };
    r.send(
      "attribute",
      { ...attribute, kind: STATEMENT_ATTRIBUTE.keeps, lo: r.flag("keeps") },
      r.multiplicity("reads keeps"),
    );
    // Sent by the row of the state's block alone: without it a visit could leave the block as it was.
    r.receive("attribute", { ...attribute, kind: STATEMENT_ATTRIBUTE.number, lo: r.given("number") });

    r.send("cursor", { index: FIRST + VISIT_WORDS, number: 0, time: 0, context: 1 });
    const end = { index: r.given("end"), time: r.given("endTime"), context: r.given("endContext") };
    r.receive("cursor", { ...end, number: actions });
  },
);

interface Depth {
  /** Greatest size of a tree of the depth. */
  readonly places: Linear;
  /** Smallest one. */
  readonly fewest: Linear;
}

/** The depth that one flag of 16 names, with what belongs to it. */
function depthOf(r: RowBuilder): Depth & { level: Linear; empty: Linear; isGreatest: Linear } {
  const flags = Array.from({ length: MAX_DEPTH }, (_, at) => r.flag(`depth ${at + 1}`));
  /** Of the depth that is flagged. */
  const chosen = (valueAt: (depth: number) => bigint): Linear =>
    flags.reduce((sum, flag, at) => sum.plus(flag.times(valueAt(at + 1))), linear(0));
  r.equal(
    chosen(() => 1n),
    1,
    "a tree has one depth",
  );
  return {
    level: chosen(BigInt),
    places: chosen(placesAt),
    fewest: chosen((depth) => (depth === 1 ? 1n : placesAt(depth - 1) + 1n)),
    empty: chosen((depth) => EMPTY_TREE[depth] ?? 0n),
    isGreatest: chosen((depth) => (depth === MAX_DEPTH ? 1n : 0n)),
  };
}

function placesAt(depth: number): bigint {
  return 4n ** BigInt(depth);
}

/** fewest ≤ size ≤ places. */
function assertDepth(r: RowBuilder, size: Linear, { places, fewest }: Depth): void {
  r.range(places.minus(size), SIZE_BITS);
  r.range(size.minus(fewest), SIZE_BITS);
  r.bounded(size, MAX_SIZE, "size ≤ places ≤ 4^16");
}
