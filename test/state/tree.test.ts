import { expect } from "chai";
import fc from "fast-check";
import { fieldElement, FIELD_MODULUS, OutOfRangeError } from "../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../builder/state/poseidon.ts";
import { TreeFullError } from "../../builder/state/errors.ts";
import { type Checkpoint, GENESIS_LEAF, StateTree } from "../../builder/state/tree.ts";
import { TREE_PLACES, type UpsertWitness } from "../../builder/state/types.ts";
import { verifyUpsert } from "../../builder/state/verify.ts";
import { naiveStateRoot, naiveUpsert } from "./naive-tree.ts";
import { SparseTree } from "./sparse-tree.ts";

/** Few keys, so that updates and neighbours are common, with the extremes among them. */
const key = fc.oneof(
  fc.bigInt({ min: 0n, max: 12n }),
  fc.bigInt({ min: 0n, max: 2n ** 248n - 1n }),
  fc.constant(2n ** 248n - 1n),
);
const value = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n }), fc.bigInt({ min: 0n, max: FIELD_MODULUS - 1n }))
  .map(fieldElement);
const entries = fc.array(fc.tuple(key, value), { maxLength: 20 });

for (const shape of ["fixed", "growing"] as const)
  describe(`state tree, ${shape}`, function () {
    this.timeout(120_000);
    let poseidon: Poseidon;

    before(async function () {
      poseidon = await loadPoseidon();
    });

    it("has the root that the specification defines, after any sequence of upserts", function () {
      fc.assert(
        fc.property(entries, (list) => {
          const tree = new StateTree(poseidon, shape);
          const model = new Map<bigint, bigint>([[0n, 0n]]);
          for (const [k, v] of list) {
            tree.upsert(k, v);
            naiveUpsert(model, k, v);
          }
          expect(tree.stateRoot()).to.equal(naiveStateRoot(poseidon, shape, [...model]));
          for (const [k] of list) expect(tree.get(k)).to.equal(model.get(k) ?? 0n);
          expect(tree.size).to.equal(model.size);
        }),
        { numRuns: 60 },
      );
    });

    it("takes no leaf when its places are taken, and goes on without", function () {
      const tree = new StateTree(poseidon, shape, [GENESIS_LEAF], 4);
      for (const key of [10n, 20n, 30n]) tree.upsert(key, fieldElement(key));
      expect([tree.size, tree.room]).to.deep.equal([4, 0]);
      const root = tree.stateRoot();
      expect(() => tree.upsert(25n, fieldElement(1n)))
        .to.throw(TreeFullError)
        .with.property("code", "TREE_FULL");
      expect(() => {
        tree.assertRoomFor(1);
      }).to.throw(TreeFullError);
      expect(tree.stateRoot()).to.equal(root);
      expect(verifyUpsert(poseidon, shape, tree.upsert(25n, fieldElement(0n)))).to.equal(undefined);
      expect(verifyUpsert(poseidon, shape, tree.upsert(30n, fieldElement(0n)))).to.equal(undefined);
      expect(verifyUpsert(poseidon, shape, tree.upsert(30n, fieldElement(5n)))).to.equal(undefined);
      expect([tree.get(30n), tree.has(30n), tree.has(25n)]).to.deep.equal([5n, true, false]);
      expect(new StateTree(poseidon, shape).room).to.equal(4 ** 16 - 1);
    });

    it("follows an upsert into the last of all 4^16 places, and none behind it", function () {
      const full = new SparseTree(poseidon, shape, BigInt(TREE_PLACES) - 1n);
      expect(verifyUpsert(poseidon, shape, full.upsert(7n, fieldElement(1n)))).to.equal(undefined);
      expect(verifyUpsert(poseidon, shape, full.upsert(7n, fieldElement(2n)))).to.equal(undefined);
      expect(verifyUpsert(poseidon, shape, full.upsert(8n, fieldElement(2n)))).to.be.a("string");
    });

    it("writes a batch to the root that single upserts give", function () {
      fc.assert(
        fc.property(entries, entries, (first, second) => {
          const single = new StateTree(poseidon, shape);
          for (const [k, v] of [...first, ...second]) single.upsert(k, v);
          const batched = new StateTree(poseidon, shape);
          batched.upsertMany(first);
          const between = batched.checkpoint();
          const root = batched.stateRoot();
          batched.upsertMany(second);
          expect(batched.stateRoot()).to.equal(single.stateRoot());
          batched.revert(between);
          expect(batched.stateRoot()).to.equal(root);
        }),
        { numRuns: 40 },
      );
    });

    it("proves each upsert, and reads as upserts of what is there", function () {
      fc.assert(
        fc.property(entries, key, (list, other) => {
          const tree = new StateTree(poseidon, shape);
          let root = tree.stateRoot();
          for (const [k, v] of list) {
            const old = tree.get(k);
            const witness = tree.upsert(k, v);
            expect(verifyUpsert(poseidon, shape, witness)).to.equal(undefined);
            expect(witness).to.include({ key: k, oldValue: old, newValue: v, rootBefore: root });
            root = tree.stateRoot();
            expect(witness.rootAfter).to.equal(root);
          }
          const read = tree.upsert(other, tree.get(other));
          expect(verifyUpsert(poseidon, shape, read)).to.equal(undefined);
          expect(tree.stateRoot()).to.equal(root);
        }),
        { numRuns: 30 },
      );
    });

    it("goes back exactly, and on from there as if nothing had been", function () {
      const step = fc.oneof(
        { weight: 5, arbitrary: fc.record({ do: fc.constant("write" as const), key, value }) },
        fc.record({ do: fc.constant("checkpoint" as const) }),
        fc.record({ do: fc.constant("revert" as const) }),
        fc.record({ do: fc.constant("commit" as const) }),
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
          const tree = new StateTree(poseidon, shape);
          let model = new Map<bigint, bigint>([[0n, 0n]]);
          const open: { checkpoint: Checkpoint; saved: Map<bigint, bigint> }[] = [];
          for (const each of steps) {
            if (each.do === "write") {
              tree.upsert(each.key, each.value);
              naiveUpsert(model, each.key, each.value);
            } else if (each.do === "checkpoint") {
              open.push({ checkpoint: tree.checkpoint(), saved: new Map(model) });
            } else {
              const level = open.pop();
              if (level === undefined || each.do === "commit") continue;
              tree.revert(level.checkpoint);
              model = level.saved;
              expect(tree.stateRoot()).to.equal(naiveStateRoot(poseidon, shape, [...model]));
            }
          }
          expect(tree.stateRoot()).to.equal(naiveStateRoot(poseidon, shape, [...model]));
          expect(tree.size).to.equal(model.size);
        }),
        { numRuns: 40 },
      );
    });

    it("refuses keys of 2^248 and more", function () {
      const tree = new StateTree(poseidon, shape);
      expect(() => tree.upsert(2n ** 248n, fieldElement(1n))).to.throw(OutOfRangeError);
      expect(() => tree.get(-1n)).to.throw(OutOfRangeError);
    });

    describe("verifier", function () {
      const one = fieldElement(1n);
      let inserted: UpsertWitness, updated: UpsertWitness, absent: UpsertWitness;

      before(function () {
        const tree = new StateTree(poseidon, shape);
        tree.upsertMany([10n, 20n, 30n, 40n, 50n].map((k) => [k, fieldElement(k)]));
        absent = tree.upsert(35n, fieldElement(0n));
        inserted = tree.upsert(35n, fieldElement(35n));
        updated = tree.upsert(20n, fieldElement(21n));
      });

      it("accepts what the tree says", function () {
        for (const witness of [absent, inserted, updated])
          expect(verifyUpsert(poseidon, shape, witness)).to.equal(undefined);
      });

      it("refuses every witness with one thing changed", function () {
        const bump = (n: bigint) => fieldElement((n + 1n) % FIELD_MODULUS);
        const siblings = (s: UpsertWitness["lowSiblings"]) =>
          s.map(([a, b, c], level) => (level === 1 ? ([a, bump(b), c] as const) : ([a, b, c] as const)));
        const otherRoot = new StateTree(poseidon, shape).stateRoot();
        const mutations: Record<string, (w: UpsertWitness) => UpsertWitness> = {
          key: (w) => ({ ...w, key: w.key + 100n }),
          "old value": (w) => ({ ...w, oldValue: bump(w.oldValue) }),
          "new value": (w) => ({ ...w, newValue: bump(w.newValue) }),
          "low key": (w) => ({ ...w, low: { ...w.low, key: w.low.key + 1n } }),
          "low next": (w) => ({ ...w, low: { ...w.low, nextKey: w.low.nextKey + 1n } }),
          "low value": (w) => ({ ...w, low: { ...w.low, value: bump(w.low.value) } }),
          "low index": (w) => ({ ...w, lowIndex: w.lowIndex ^ 1n }),
          size: (w) => ({ ...w, sizeBefore: w.sizeBefore + 1n }),
          sibling: (w) => ({ ...w, lowSiblings: siblings(w.lowSiblings) }),
          "short path": (w) => ({ ...w, lowSiblings: w.lowSiblings.slice(1) }),
          "root before": (w) => ({ ...w, rootBefore: otherRoot }),
          "root after": (w) => ({ ...w, rootAfter: otherRoot }),
        };
        for (const witness of [absent, inserted, updated])
          for (const [name, mutate] of Object.entries(mutations))
            expect(
              verifyUpsert(poseidon, shape, mutate(witness)),
              `${name} of ${witness.key.toString()}`,
            ).to.be.a("string");
        if (inserted.inserted === undefined) throw new Error("35 was inserted");
        const path = siblings(inserted.inserted.siblings);
        expect(verifyUpsert(poseidon, shape, { ...inserted, inserted: { siblings: path } })).to.be.a(
          "string",
        );
      });

      it("refuses to insert a key twice", function () {
        const tree = new StateTree(poseidon, shape);
        const first = tree.upsert(7n, one);
        // Claims that 7 is absent, with the genesis leaf as low leaf.
        const second = tree.upsert(6n, one);
        expect(verifyUpsert(poseidon, shape, { ...second, key: 7n })).to.equal(
          "the low leaf does not surround the key",
        );
        expect(verifyUpsert(poseidon, shape, first)).to.equal(undefined);
      });
    });
  });
