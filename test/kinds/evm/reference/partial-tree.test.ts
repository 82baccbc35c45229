import fc from "fast-check";
import { expect } from "chai";
import { PartialTree } from "../../../../builder/kinds/evm/reference/partial-tree.ts";
import { FIELD_MODULUS, fieldElement } from "../../../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { StateTree } from "../../../../builder/state/tree.ts";
import { type Siblings, TREE_PLACES } from "../../../../builder/state/types.ts";
import { SparseTree } from "../../../state/sparse-tree.ts";
import { expectFlaw, flawOf } from "./expect-flaw.ts";

const key = fc.oneof(
  fc.bigInt({ min: 0n, max: 20n }),
  fc.bigInt({ min: 0n, max: 2n ** 248n - 1n }),
  fc.constant(2n ** 248n - 1n),
);
const value = fc
  .oneof(fc.bigInt({ min: 0n, max: 2n }), fc.bigInt({ min: 0n, max: FIELD_MODULUS - 1n }))
  .map(fieldElement);
const entries = fc.array(fc.tuple(key, value), { maxLength: 24 });

describe("partial tree", function () {
  this.timeout(120_000);
  let poseidon: Poseidon;

  before(async function () {
    poseidon = recentPoseidon(await loadPoseidon(), 1 << 16);
  });

  /** What is known of `tree` from the paths of these keys. */
  function part(tree: StateTree, keys: Iterable<bigint>): PartialTree {
    const partial = new PartialTree(poseidon, tree.stateRoot(), BigInt(tree.size), tree.nextPlace());
    for (const each of keys) partial.add("key", tree.prove(each));
    return partial;
  }

  it("answers and follows writes like the whole tree", function () {
    fc.assert(
      fc.property(entries, entries, (first, writes) => {
        const tree = new StateTree(poseidon, "growing");
        tree.upsertMany(first);
        const partial = part(
          tree,
          writes.map(([written]) => written),
        );
        expect(partial.root()).to.equal(tree.stateRoot());
        for (const [at, [written, content]] of writes.entries()) {
          expect(partial.get(written)).to.equal(tree.get(written));
          partial.upsert(written, content);
          tree.upsert(written, content);
          if (at % 3 === 0) expect(partial.root()).to.equal(tree.stateRoot());
        }
        expect(partial.root()).to.equal(tree.stateRoot());
      }),
      { numRuns: 60 },
    );
  });

  it("grows like the whole tree, also by more than one level", function () {
    for (const size of [3, 4, 15, 16, 63, 64, 255, 256])
      for (const added of [1, 2, 70]) {
        const tree = new StateTree(poseidon, "growing");
        tree.upsertMany(Array.from({ length: size - 1 }, (_, n) => [BigInt(2 * n + 2), fieldElement(7n)]));
        const writes = Array.from({ length: added }, (_, n) => BigInt(2 * n + 1));
        const partial = part(tree, writes);
        for (const written of writes) {
          partial.upsert(written, 9n);
          tree.upsert(written, fieldElement(9n));
          if (written === 1n) expect(partial.root()).to.equal(tree.stateRoot());
        }
        expect(partial.root()).to.equal(tree.stateRoot());
      }
  });

  it("takes no other tree for what a deeper one begins with, and nothing beside it", async function () {
    const tree = new StateTree(poseidon, "growing");
    tree.upsertMany([10n, 20n, 30n].map((k) => [k, fieldElement(k)]));
    const [bottom, top] = tree.nextPlace() ?? [];
    if (bottom === undefined || top === undefined)
      throw new Error("four leaves leave a place in a second level");
    const one = fieldElement(1n);
    const [old, empty] = top;
    const forgeries: Siblings[] = [
      [bottom, [one, empty, empty]],
      [bottom, [old, one, empty]],
      [bottom, [old, empty, one]],
      [[one, bottom[1], bottom[2]], top],
    ];
    for (const forged of forgeries)
      await expectFlaw(
        () => new PartialTree(poseidon, tree.stateRoot(), 4n, forged),
        ["WITNESS_NOT_IN_STATE"],
        "a forged top",
      );
    for (const forged of [[bottom], [bottom, top, top]])
      await expectFlaw(
        () => new PartialTree(poseidon, tree.stateRoot(), 4n, forged),
        ["WITNESS_MALFORMED"],
        "another depth",
      );
  });

  it("never answers wrongly for a key whose path it was not given", async function () {
    await fc.assert(
      fc.asyncProperty(entries, fc.array(key, { maxLength: 3 }), key, async (first, known, other) => {
        const tree = new StateTree(poseidon, "growing");
        tree.upsertMany(first);
        const partial = part(tree, known);
        const flaw = await flawOf(() => expect(partial.get(other)).to.equal(tree.get(other)));
        if (flaw !== undefined) expect(flaw).to.equal("NOT_WITNESSED");
      }),
      { numRuns: 60 },
    );
  });

  it("refuses every path with one thing changed", async function () {
    await fc.assert(
      fc.asyncProperty(
        entries,
        key,
        fc.nat(),
        fc.nat(2),
        fc.bigInt({ min: 1n, max: 9n }),
        async (first, k, at, n, by) => {
          const tree = new StateTree(poseidon, "growing");
          tree.upsertMany(first);
          const [root, size, next] = [tree.stateRoot(), BigInt(tree.size), tree.nextPlace() ?? []];
          const proof = tree.prove(k);
          const bump = (hash: bigint) => fieldElement((hash + by) % FIELD_MODULUS);
          const bent = (siblings: typeof next) =>
            siblings.map(([a, b, c], level) => {
              if (level !== at % siblings.length) return [a, b, c] as const;
              return n === 0
                ? ([bump(a), b, c] as const)
                : n === 1
                  ? ([a, bump(b), c] as const)
                  : ([a, b, bump(c)] as const);
            });
          const NOT = ["WITNESS_NOT_IN_STATE"] as const;
          const ANY = ["WITNESS_NOT_IN_STATE", "WITNESS_MALFORMED"] as const;
          await expectFlaw(() => new PartialTree(poseidon, root, size, bent(next)), NOT, "next place");
          await expectFlaw(
            () => new PartialTree(poseidon, bump(root) as typeof root, size, next),
            NOT,
            "root",
          );
          await expectFlaw(() => new PartialTree(poseidon, root, size + by, next), ANY, "size");
          const partial = part(tree, []);
          const { leaf, index, siblings } = proof;
          const added = (change: Partial<typeof proof>) => () => partial.add("key", { ...proof, ...change });
          await expectFlaw(added({ siblings: bent(siblings) }), NOT, "path");
          await expectFlaw(added({ siblings: siblings.slice(1) }), ["WITNESS_MALFORMED"], "short path");
          await expectFlaw(added({ leaf: { ...leaf, key: leaf.key + by } }), ANY, "key");
          await expectFlaw(added({ leaf: { ...leaf, nextKey: leaf.nextKey + by } }), ANY, "next key");
          await expectFlaw(added({ leaf: { ...leaf, value: bump(leaf.value) } }), ANY, "value");
          await expectFlaw(added({ index: index + by }), ANY, "index");
        },
      ),
      { numRuns: 40 },
    );
  });

  it("follows writes in a tree that is full, but no new leaf", async function () {
    const tree = new SparseTree(poseidon, "growing", BigInt(TREE_PLACES) - 1n);
    const last = tree.nextPlace();
    const filling = new PartialTree(poseidon, tree.stateRoot(), tree.size, last);
    filling.add("0", tree.prove(0n));
    filling.upsert(5n, 1n);
    tree.upsert(5n, fieldElement(1n));
    expect(filling.root()).to.equal(tree.stateRoot());
    await expectFlaw(() => filling.upsert(6n, 1n), ["EXECUTION_REFUSED"], "one more");

    const root = tree.stateRoot();
    const full = new PartialTree(poseidon, root, tree.size, undefined);
    full.add("5", tree.prove(5n));
    full.upsert(5n, 9n);
    full.upsert(6n, 0n);
    tree.upsert(5n, fieldElement(9n));
    expect(full.root()).to.equal(tree.stateRoot());
    await expectFlaw(() => full.upsert(6n, 1n), ["EXECUTION_REFUSED"], "a new leaf");
    const NOT = ["WITNESS_MALFORMED"] as const;
    await expectFlaw(() => new PartialTree(poseidon, root, tree.size, last), NOT, "a place");
    await expectFlaw(() => new PartialTree(poseidon, root, tree.size - 1n, undefined), NOT, "no place");
    await expectFlaw(
      () => new PartialTree(poseidon, root, tree.size + 1n, undefined),
      NOT,
      "too many leaves",
    );
  });

  it("takes no place in the middle of the leaves for the next one", async function () {
    // A forged tree: a leaf, a gap, and a leaf behind it.
    const tree = new StateTree(poseidon, "growing");
    for (const k of [1n, 2n, 3n]) tree.upsert(k, fieldElement(k));
    const { hashState } = await import("../../../../builder/state/hashes.ts");
    const { rootOfPath } = await import("../../../../builder/state/verify.ts");
    const siblings = tree.prove(2n).siblings;
    const gap = rootOfPath(poseidon, fieldElement(0n), 2n, siblings);
    if (gap === undefined) throw new Error("the path fits");
    const root = hashState(poseidon, gap, 2n);
    await expectFlaw(() => new PartialTree(poseidon, root, 2n, siblings), ["WITNESS_NOT_IN_STATE"], "gap");
  });
});
