import { expect } from "chai";
import fc from "fast-check";
import { type BusEntry, busEntry } from "../../../../circuits/bus/evaluate.ts";
import { absent, leaf, newLeaf } from "../../../../circuits/evm/state/leaves.ts";
import { node } from "../../../../circuits/evm/state/node.ts";
import { StatementRefusedError } from "../../../../builder/kinds/evm/reference/errors.ts";
import type { TraceRow } from "../../../../builder/kinds/evm/trace/trace-row.ts";
import {
  type KeyChange,
  type KnownTree,
  traceNodes,
  traceTree,
  type TreeTrace,
} from "../../../../builder/kinds/evm/trace/tree.ts";
import { fieldElement } from "../../../../builder/protocol/ids.ts";
import { hashState } from "../../../../builder/state/hashes.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { treeDepth } from "../../../../builder/state/shape.ts";
import { StateTree } from "../../../../builder/state/tree.ts";
import { seedOf } from "../../../contracts/seed.ts";
import { commit, flaws } from "../support/bus.ts";

const KEY_MAX = (1n << 248n) - 1n;
/** Keys of the trees are multiples of this. */
const STEP = 1000n;

let poseidon: Poseidon;

/** A tree of `size` leaves, the genesis leaf included. */
function treeOf(size: number): StateTree {
  const tree = new StateTree(poseidon, "growing");
  for (let n = 1; n < size; n++) tree.upsert(BigInt(((n * 7919) % 1009) + 1) * STEP, fieldElement(BigInt(n)));
  return tree;
}

function knownOf(tree: StateTree, keys: readonly bigint[]): KnownTree {
  return {
    size: BigInt(tree.size),
    proofs: keys.map((key) => tree.prove(key)),
    nextPlace: tree.nextPlace(),
  };
}

function ascending(changes: readonly KeyChange[]): KeyChange[] {
  return changes.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** What the border and the rows that give keys a meaning put on the bus. */
function closing(
  traced: Pick<TreeTrace, "sizeBefore" | "sizeAfter" | "added" | "rootBefore" | "rootAfter">,
  values: readonly { readonly key: bigint; readonly before: bigint; readonly after: bigint }[],
): BusEntry[] {
  const { sizeBefore, sizeAfter, added, rootBefore, rootAfter } = traced;
  const depthBefore = treeDepth("growing", Number(sizeBefore));
  const depth = treeDepth("growing", Number(sizeAfter));
  let [before, empty] = [rootBefore, 0n];
  for (let level = 0; level < depth; level++) {
    if (level >= depthBefore) before = poseidon([before, empty, empty, empty]);
    empty = poseidon([empty, empty, empty, empty]);
  }
  return [
    busEntry("insertion", { key: 0n, size: sizeBefore }),
    busEntry("insertion", { key: added, size: sizeAfter }, -1n),
    busEntry("node", { level: BigInt(depth), index: 0n, before, after: rootAfter }, -1n),
    ...values.map((value) => busEntry("value", value, -1n)),
  ];
}

/** Traces, compares with the tree, and has the tree follow. */
function check(tree: StateTree, changes: readonly KeyChange[]): void {
  const keys = changes.map(({ key }) => key);
  const traced = traceTree(poseidon, knownOf(tree, keys), changes);
  expect(hashState(poseidon, fieldElement(traced.rootBefore), traced.sizeBefore)).to.equal(tree.stateRoot());
  const values = changes.map(({ key, after }) => ({ key, after, before: tree.get(key) }));
  expect(flaws(commit(traced.rows, poseidon), closing(traced, values), poseidon)).to.deep.equal([]);
  for (const { key, before } of values) expect(traced.before.get(key)).to.equal(before);
  tree.upsertMany(ascending(changes).map(({ key, after }) => [key, fieldElement(after)]));
  expect(hashState(poseidon, fieldElement(traced.rootAfter), traced.sizeAfter)).to.equal(tree.stateRoot());
  expect(traced.sizeAfter).to.equal(BigInt(tree.size));
}

describe("evm: the tree's rows", () => {
  before(async () => {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 14);
  });

  it("follow random changes of trees around each depth", () => {
    const key = fc.oneof(
      // Of a leaf, or right behind it.
      fc
        .tuple(fc.bigInt({ min: 0n, max: 1010n }), fc.bigInt({ min: 0n, max: 3n }))
        .map(([n, beside]) => n * STEP + beside || 1n),
      fc.bigInt({ min: 1n, max: KEY_MAX }),
      fc.constant(KEY_MAX),
    );
    const after = fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 1n << 250n }));
    const changes = fc.uniqueArray(fc.record({ key, after }), {
      selector: (change) => change.key,
      minLength: 1,
      maxLength: 8,
    });
    const size = fc.oneof(...[4, 16, 64].map((full) => fc.integer({ min: full - 2, max: full + 2 })));
    fc.assert(
      fc.property(size, fc.array(changes, { minLength: 1, maxLength: 3 }), (leaves, visits) => {
        const tree = treeOf(leaves);
        for (const visit of visits) check(tree, visit);
      }),
      { numRuns: 40, seed: seedOf("LOCKSTEP_TREE_SEED") },
    );
  });

  it("rise by a level, with the node that was the root untouched or not", () => {
    for (const full of [4, 16, 64])
      for (const key of [1n, KEY_MAX])
        check(treeOf(full), [
          { key, after: 7n },
          { key: 500n, after: 0n },
        ]);
  });

  it("are not made of what no path shows", () => {
    const tree = treeOf(20);
    const known = { ...knownOf(tree, [STEP]), nextPlace: undefined };
    for (const key of [KEY_MAX, STEP + 1n])
      expect(() => traceTree(poseidon, known, [{ key, after: 5n }]))
        .to.throw(StatementRefusedError)
        .with.property("code", "NOT_WITNESSED");
  });

  describe("refuse a prover who", () => {
    let tree: StateTree;
    /** Two keys of one leaf's gap. */
    let low: bigint;
    let keys: readonly bigint[];
    /** Two new leaves and an absent key in one gap, and a leaf that is changed. */
    let changes: readonly KeyChange[];
    let known: KnownTree;
    let honest: TreeTrace;

    before(() => {
      tree = treeOf(18);
      low = tree.leafAt(5)?.key ?? 0n;
      keys = [low + 1n, low + 2n, low + 3n];
      changes = [
        { key: low, after: 111n },
        { key: low + 1n, after: 222n },
        { key: low + 2n, after: 0n },
        { key: low + 3n, after: 333n },
      ];
      known = knownOf(tree, [low, ...keys]);
      honest = traceTree(poseidon, known, changes);
    });

    const values = (): { key: bigint; before: bigint; after: bigint }[] =>
      changes.map(({ key, after }) => ({ key, after, before: tree.get(key) }));
    const isAt = (key: bigint) => (row: TraceRow) => row.given.key === key;

    /** Flaws of the trace with other leaves, for which the attacker makes all nodes anew. */
    const flawsWith = (
      forge: (row: TraceRow) => TraceRow | readonly TraceRow[],
      border: Partial<TreeTrace> = {},
      claimed = values(),
    ): string[] => {
      const leaves = honest.rows.filter(({ type }) => type !== node).flatMap(forge);
      const nodes = traceNodes(poseidon, known, leaves);
      const rows = commit([...leaves, ...nodes.rows], poseidon);
      return flaws(rows, closing({ ...honest, ...nodes, ...border }, claimed), poseidon);
    };
    const changed =
      (match: (row: TraceRow) => boolean, given: Readonly<Record<string, bigint>>) =>
      (row: TraceRow): TraceRow =>
        match(row) ? { ...row, given: { ...row.given, ...given } } : row;

    it("is honest: nothing", () => {
      expect(flawsWith((row) => row)).to.deep.equal([]);
    });

    it("takes a sibling of another tree", () => {
      for (const before of ["before 0", "before 3"]) {
        const rows = honest.rows.map((row) =>
          row.type === node && row.given[before.replace("before", "touched")] === 0n
            ? { ...row, given: { ...row.given, [before]: 5n, [before.replace("before", "after")]: 5n } }
            : row,
        );
        expect(flaws(commit(rows, poseidon), closing(honest, values()), poseidon)).not.to.be.empty;
      }
      const rows = honest.rows.map((row) =>
        row.type === node && row.given["touched 0"] === 0n
          ? { ...row, given: { ...row.given, "after 0": 5n } }
          : row,
      );
      expect(flaws(commit(rows, poseidon), closing(honest, values()), poseidon)).to.include(
        "node: a child that no row stands for does not change",
      );
    });

    it("uses a leaf twice", () => {
      const again = { key: low, before: tree.get(low), after: 111n };
      expect(flawsWith((row) => (isAt(low)(row) ? [row, row] : row), {}, [...values(), again])).not.to.be
        .empty;
    });

    it("changes a leaf that nothing was done with", () => {
      expect(flawsWith(changed(isAt(low), { used: 0n }), {}, values().slice(1))).to.include(
        "leaf: a key that the visit has nothing to do with keeps its value",
      );
    });

    it("says that a key is absent which has a leaf", () => {
      const next = known.proofs[0]?.leaf.nextKey ?? 0n;
      const row = { type: absent, given: { key: next, previous: low + 3n, end: next, next } };
      const more = { key: next, before: 0n, after: 0n };
      const forge = (one: TraceRow) =>
        isAt(low + 3n)(one) ? [one, row] : changed(isAt(low), { last: next })(one);
      expect(flawsWith(forge, {}, [...values(), more]).join()).to.match(/absent: .* is in no range/);
      const self = { type: absent, given: { key: low, previous: low, end: next, next: low + 1n } };
      const first = { key: low, before: 0n, after: 0n };
      expect(
        flawsWith((one) => (isAt(low + 1n)(one) ? [one, self] : one), {}, [...values(), first]).join(),
      ).to.match(/absent: .* is in no range/);
    });

    it("says it of a key twice, or of one that gets a leaf", () => {
      for (const key of [low + 2n, low + 1n]) {
        const row = {
          type: absent,
          given: { key, previous: key, end: known.proofs[0]?.leaf.nextKey ?? 0n, next: low + 3n },
        };
        const more = { key, before: 0n, after: 0n };
        expect(flawsWith((one) => (isAt(low + 2n)(one) ? [one, row] : one), {}, [...values(), more])).not.to
          .be.empty;
      }
    });

    it("adds a leaf that is not linked in", () => {
      const next = known.proofs[0]?.leaf.nextKey ?? 0n;
      expect(flawsWith(changed(isAt(low), { nextAfter: low + 3n }))).not.to.be.empty;
      expect(flawsWith(changed(isAt(low), { nextAfter: next, gap: 0n, last: 0n }))).not.to.be.empty;
      expect(flawsWith(changed(isAt(low + 1n), { next }))).not.to.be.empty;
    });

    it("links a leaf in twice", () => {
      const forge = (row: TraceRow) =>
        isAt(low + 1n)(row) ? [row, { ...row, given: { ...row.given, size: 20n, added: low + 3n } }] : row;
      const more = { key: low + 1n, before: 0n, after: 222n };
      expect(flawsWith(forge, { sizeAfter: 21n, added: low + 1n }, [...values(), more])).not.to.be.empty;
    });

    it("adds leaves in another order", () => {
      const swapped = (row: TraceRow): TraceRow =>
        isAt(low + 1n)(row)
          ? changed(() => true, { size: 19n, added: low + 3n })(row)
          : changed(isAt(low + 3n), { size: 18n, added: 0n })(row);
      expect(flawsWith(swapped, { added: low + 1n }).join()).to.match(/newLeaf: .* is in no range/);
    });

    it("adds a leaf without a value, or at another place, or gives another size", () => {
      const empty = values().map((value) => (value.key === low + 1n ? { ...value, after: 0n } : value));
      expect(flawsWith(changed(isAt(low + 1n), { value: 0n }), {}, empty)).to.include(
        "newLeaf: a value of 0 adds no leaf",
      );
      expect(flawsWith(changed(isAt(low + 3n), { size: 20n }))).not.to.be.empty;
      expect(flawsWith((row) => row, { sizeAfter: 21n })).not.to.be.empty;
      expect(flawsWith((row) => row, { sizeBefore: 17n })).not.to.be.empty;
    });

    it("says another value", () => {
      for (const [at, value] of values().entries())
        for (const other of [
          { ...value, before: value.before + 1n },
          { ...value, after: value.after + 1n },
        ])
          expect(flawsWith((row) => row, {}, values().with(at, other))).not.to.be.empty;
    });

    it("leaves any row out", () => {
      for (const at of honest.rows.keys())
        expect(flaws(commit(honest.rows.toSpliced(at, 1), poseidon), closing(honest, values()), poseidon)).not
          .to.be.empty;
    });
  });

  it("know rows that are not used: they say nothing", () => {
    for (const type of [node, leaf, newLeaf, absent])
      expect(flaws(commit([{ type, given: { on: 0n } }], poseidon), [], poseidon)).to.deep.equal([]);
  });
});
