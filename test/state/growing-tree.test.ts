import { expect } from "chai";
import fc from "fast-check";
import { fieldElement } from "../../builder/protocol/ids.ts";
import { emptyHashes, hashState } from "../../builder/state/hashes.ts";
import { loadPoseidon, type Poseidon } from "../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../builder/state/recent.ts";
import { TreeBranch } from "../../builder/state/tree-branch.ts";
import { type Checkpoint, StateTree } from "../../builder/state/tree.ts";
import type { Siblings, UpsertWitness } from "../../builder/state/types.ts";
import { verifyUpsert } from "../../builder/state/verify.ts";
import { naiveStateRoot, naiveUpsert } from "./naive-tree.ts";

type Model = Map<bigint, bigint>;

/** Sizes at which a leaf more makes the tree deeper. */
const FULL_SIZES = [4, 16, 64, 256];
const SIZES = FULL_SIZES.flatMap((full) => [full - 2, full - 1, full, full + 1]);

const key = fc.oneof(fc.bigInt({ min: 0n, max: 400n }), fc.bigInt({ min: 0n, max: 2n ** 248n - 1n }));
const value = fc.bigInt({ min: 0n, max: 2n ** 64n }).map(fieldElement);
const write = fc.tuple(key, value);

describe("growing state tree", function () {
  this.timeout(120_000);
  let poseidon: Poseidon;

  before(async function () {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 16);
  });

  const rootOf = (model: Model): bigint => naiveStateRoot(poseidon, "growing", [...model]);

  /** A tree of `size` leaves with even keys, and what it holds. */
  function grown(size: number): { tree: StateTree; model: Model } {
    const tree = new StateTree(poseidon, "growing");
    const model: Model = new Map([[0n, 0n]]);
    const entries = Array.from(
      { length: size - 1 },
      (_, n) => [BigInt(2 * n + 2), fieldElement(BigInt(n + 1))] as const,
    );
    tree.upsertMany(entries);
    for (const [k, v] of entries) naiveUpsert(model, k, v);
    return { tree, model };
  }

  it("is as deep as its leaves need, and one level at least", function () {
    const depths = [1, 2, 4, 5, 16, 17, 64, 65, 256, 257].map((size) => grown(size).tree.depth);
    expect(depths).to.deep.equal([1, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
  });

  it("becomes the first child of a new top when it is full", function () {
    for (const full of FULL_SIZES) {
      const { tree } = grown(full);
      const { depth } = tree;
      const next = tree.nextPlace() ?? [];
      expect(next).to.have.length(depth + 1);
      const empty = emptyHashes(poseidon);
      const below = next.slice(0, depth);
      expect(below).to.deep.equal(below.map((_, level) => Array(3).fill(empty[level])));
      const [old, ...others] = next[depth] ?? [];
      expect(others).to.deep.equal([empty[depth], empty[depth]]);
      expect(hashState(poseidon, old ?? fieldElement(0n), full)).to.equal(tree.stateRoot());
    }
  });

  it("proves every upsert around a change of depth", function () {
    fc.assert(
      fc.property(fc.constantFrom(...SIZES), fc.array(write, { maxLength: 6 }), (size, writes) => {
        const { tree, model } = grown(size);
        for (const [k, v] of writes) {
          const witness = tree.upsert(k, v);
          naiveUpsert(model, k, v);
          expect(verifyUpsert(poseidon, "growing", witness)).to.equal(undefined);
          expect(tree.prove(k).siblings).to.have.length(tree.depth);
        }
        expect(tree.stateRoot()).to.equal(rootOf(model));
      }),
      { numRuns: 60 },
    );
  });

  it("goes back over changes of depth exactly, and on from there", function () {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ do: fc.constant("write" as const), write }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant("batch" as const),
          batch: fc.array(write, { maxLength: 24 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("checkpoint" as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("revert" as const) }) },
      fc.record({ do: fc.constant("park" as const) }),
      fc.record({ do: fc.constant("forget" as const) }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...SIZES), fc.array(step, { maxLength: 24 }), (size, steps) => {
        const { tree, model: start } = grown(size);
        let model = start;
        let open: { checkpoint: Checkpoint; saved: Model }[] = [];
        for (const each of steps) {
          const writes = each.do === "write" ? [each.write] : each.do === "batch" ? each.batch : [];
          if (each.do === "write") tree.upsert(...each.write);
          if (each.do === "batch") tree.upsertMany(each.batch);
          for (const [k, v] of writes) naiveUpsert(model, k, v);
          if (each.do === "checkpoint") open.push({ checkpoint: tree.checkpoint(), saved: new Map(model) });
          if (each.do === "forget") {
            tree.forgetJournal();
            open = [];
          }
          if (each.do === "park") {
            const root = tree.stateRoot();
            const redo = tree.park();
            redo();
            expect(tree.stateRoot()).to.equal(root);
          }
          const level = each.do === "revert" ? open.pop() : undefined;
          if (level === undefined) continue;
          tree.revert(level.checkpoint);
          model = level.saved;
          expect(tree.stateRoot()).to.equal(rootOf(model));
        }
        expect(tree.stateRoot()).to.equal(rootOf(model));
        expect(tree.size).to.equal(model.size);
      }),
      { numRuns: 60 },
    );
  });

  it("is restored to a state that was less deep, and grows from there as if nothing had been", function () {
    fc.assert(
      fc.property(
        fc.constantFrom(...SIZES),
        fc.array(write, { maxLength: 24 }),
        fc.array(write, { maxLength: 24 }),
        (size, first, second) => {
          const { tree, model } = grown(size);
          tree.forgetJournal();
          tree.upsertMany(first);
          const before = [...tree.journalledLeaves()];
          const replaced = before.flatMap(([place, leaf]) =>
            leaf === undefined ? [] : ([[place, leaf]] as const),
          );
          tree.forgetJournal();
          tree.restore(new Map(replaced), size);
          expect(tree.stateRoot()).to.equal(rootOf(model));
          tree.upsertMany(second);
          for (const [k, v] of second) naiveUpsert(model, k, v);
          expect(tree.stateRoot()).to.equal(rootOf(model));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is deeper on a branch than for its owner, who notices nothing", function () {
    const batch = fc.array(write, { maxLength: 24 });
    fc.assert(
      fc.property(fc.constantFrom(...SIZES), batch, batch, batch, (size, theirs, ours, more) => {
        const { tree, model: durable } = grown(size);
        tree.forgetJournal();
        const [owner, branched] = [new Map(durable), new Map(durable)];
        tree.upsertMany(theirs);
        for (const [k, v] of theirs) naiveUpsert(owner, k, v);
        const branch = new TreeBranch(tree, "head");
        const start = branch.checkpoint();
        for (const writes of [ours, more]) {
          branch.at((at) => {
            at.upsertMany(writes);
          });
          for (const [k, v] of writes) naiveUpsert(branched, k, v);
          expect(branch.at((at) => at.stateRoot())).to.equal(rootOf(branched));
          expect(tree.stateRoot()).to.equal(rootOf(owner));
        }
        branch.revert(start);
        expect(branch.at((at) => at.stateRoot())).to.equal(rootOf(durable));
        expect(tree.stateRoot()).to.equal(rootOf(owner));
      }),
      { numRuns: 30 },
    );
  });

  it("has no other depth for the verifier, and nothing beside the old tree", function () {
    const bend = (siblings: Siblings, at: number): Siblings =>
      siblings.map(([a, b, c], level) => (level === at ? [a, fieldElement(b + 1n), c] : [a, b, c]));
    const deeper = (siblings: Siblings): Siblings => {
      const empty = emptyHashes(poseidon)[siblings.length] ?? fieldElement(0n);
      return [...siblings, [empty, empty, empty]];
    };
    for (const full of FULL_SIZES) {
      const { tree } = grown(full);
      const { depth } = tree;
      const witness = tree.upsert(3n, fieldElement(1n));
      const inserted = witness.inserted?.siblings ?? [];
      const forged: Record<string, UpsertWitness> = {
        "the new leaf in the old depth": { ...witness, inserted: { siblings: inserted.slice(0, depth) } },
        "a level too many above the new leaf": { ...witness, inserted: { siblings: deeper(inserted) } },
        "the low leaf in the new depth": { ...witness, lowSiblings: deeper(witness.lowSiblings) },
        "something beside the old tree": { ...witness, inserted: { siblings: bend(inserted, depth) } },
        "something beside the new leaf": { ...witness, inserted: { siblings: bend(inserted, 0) } },
      };
      expect(verifyUpsert(poseidon, "growing", witness)).to.equal(undefined);
      expect(verifyUpsert(poseidon, "fixed", witness)).to.be.a("string");
      for (const [name, each] of Object.entries(forged))
        expect(verifyUpsert(poseidon, "growing", each), name).to.be.a("string");
    }
  });
});
