import fc from "fast-check";
import { expect } from "chai";
import { PartialTree } from "../../../../builder/kinds/evm/reference/partial-tree.ts";
import { FIELD_MODULUS, fieldElement } from "../../../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { StateTree } from "../../../../builder/state/tree.ts";
import { TREE_PLACES } from "../../../../builder/state/types.ts";
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
        const tree = new StateTree(poseidon);
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

  it("never answers wrongly for a key whose path it was not given", async function () {
    await fc.assert(
      fc.asyncProperty(entries, fc.array(key, { maxLength: 3 }), key, async (first, known, other) => {
        const tree = new StateTree(poseidon);
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
          const tree = new StateTree(poseidon);
          tree.upsertMany(first);
          const [root, size, next] = [tree.stateRoot(), BigInt(tree.size), tree.nextPlace() ?? []];
          const proof = tree.prove(k);
          const bump = (hash: bigint) => fieldElement((hash + by) % FIELD_MODULUS);
          const bent = (siblings: typeof next) =>
            siblings.map(([a, b, c], level) => {
              if (level !== at % 16) return [a, b, c] as const;
              return n === 0
                ? ([bump(a), b, c] as const)
                : n === 1
                  ? ([a, bump(b), c] as const)
                  : ([a, b, bump(c)] as const);
            });
          const NOT = ["WITNESS_NOT_IN_STATE"] as const;
          await expectFlaw(() => new PartialTree(poseidon, root, size, bent(next)), NOT, "next place");
          await expectFlaw(
            () => new PartialTree(poseidon, bump(root) as typeof root, size, next),
            NOT,
            "root",
          );
          await expectFlaw(() => new PartialTree(poseidon, root, size + by, next), NOT, "size");
          const partial = part(tree, []);
          const { leaf, index, siblings } = proof;
          const added = (change: Partial<typeof proof>) => () => partial.add("key", { ...proof, ...change });
          await expectFlaw(added({ siblings: bent(siblings) }), NOT, "path");
          await expectFlaw(added({ siblings: siblings.slice(1) }), ["WITNESS_MALFORMED"], "short path");
          const leafFlaws = ["WITNESS_NOT_IN_STATE", "WITNESS_MALFORMED"] as const;
          await expectFlaw(added({ leaf: { ...leaf, key: leaf.key + by } }), leafFlaws, "key");
          await expectFlaw(added({ leaf: { ...leaf, nextKey: leaf.nextKey + by } }), leafFlaws, "next key");
          await expectFlaw(added({ leaf: { ...leaf, value: bump(leaf.value) } }), leafFlaws, "value");
          await expectFlaw(added({ index: index + by }), leafFlaws, "index");
        },
      ),
      { numRuns: 40 },
    );
  });

  it("follows writes in a tree that is full, but no new leaf", async function () {
    const tree = new SparseTree(poseidon, BigInt(TREE_PLACES) - 1n);
    const last = tree.siblings(tree.size);
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
    const tree = new StateTree(poseidon);
    for (const k of [1n, 2n, 3n, 4n, 5n]) tree.upsert(k, fieldElement(k));
    const { hashState } = await import("../../../../builder/state/hashes.ts");
    const { rootOfPath } = await import("../../../../builder/state/verify.ts");
    const siblings = tree.prove(2n).siblings;
    const gap = rootOfPath(poseidon, fieldElement(0n), 2n, siblings);
    if (gap === undefined) throw new Error("the path fits");
    const root = hashState(poseidon, gap, 2n);
    await expectFlaw(() => new PartialTree(poseidon, root, 2n, siblings), ["WITNESS_NOT_IN_STATE"], "gap");
  });
});
