import { expect } from "chai";
import fc from "fast-check";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../builder/state/poseidon.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";
import { ReferenceTree } from "./support/reference-tree.ts";

/** 16 places: enough for every position on both levels. */
const DEPTH = 2;
const KEY_BITS = 224;
const LAST_KEY = (1n << BigInt(KEY_BITS)) - 1n;

describe("circuits/lib: tree", function () {
  this.timeout(180_000);
  let poseidon: Poseidon;
  let write: Circuit;
  let lookup: Circuit;

  before(async function () {
    poseidon = await loadPoseidon();
    write = await compileTemplate("lib/tree_write.circom", "TreeWrite", [DEPTH]);
    lookup = await compileTemplate("lib/tree_lookup.circom", "TreeLookup", [KEY_BITS]);
  });

  it("hashes leaf and state as specified", async function () {
    const leaf = await compileTemplate("lib/tree_leaf.circom", "LeafHash");
    const state = await compileTemplate("lib/state_root.circom", "StateRoot");
    expect(await leaf.output({ key: 1n, nextKey: 2n, value: 3n }, "out")).to.equal(poseidon([1n, 2n, 3n]));
    expect(await state.output({ treeRoot: 1n, size: 2n }, "out")).to.equal(poseidon([1n, 2n]));
  });

  it("exchanges a child at each position", async function () {
    const level = await compileTemplate("lib/tree_level.circom", "TreeLevelPair");
    for (let position = 0; position < 4; position++) {
      const siblings = [11n, 12n, 13n];
      const input = { bit: [BigInt(position & 1), BigInt(position >> 1)], before: 7n, after: 8n, siblings };
      const witness = await level.checked(input);
      expect(level.value(witness, "beforeParent")).to.equal(poseidon(siblings.toSpliced(position, 0, 7n)));
      expect(level.value(witness, "afterParent")).to.equal(poseidon(siblings.toSpliced(position, 0, 8n)));
      expect(freeWires(level, witness)).to.deep.equal([]);
    }
  });

  it("follows random upserts: insert, update, absent and unwritten", async function () {
    const key = fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.constantFrom(LAST_KEY - 1n, LAST_KEY));
    const value = fc.oneof(fc.bigInt({ min: 0n, max: 1n }), fc.constant(FIELD_MODULUS - 1n));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 12 }), async (upserts) => {
        const tree = new ReferenceTree(DEPTH, poseidon);
        for (const [k, v] of upserts) {
          const input = tree.upsert(k, v);
          const witness = await write.checked(input);
          expect(write.value(witness, "rootAfter")).to.equal(tree.root());
          expect(write.value(witness, "sizeAfter")).to.equal(BigInt(tree.leaves.length));
          const found = await lookup.checked(lookupInput(input));
          expect(lookup.value(found, "present")).to.equal(input.present);
        }
      }),
      { numRuns: 12 },
    );
  });

  it("leaves nothing free, whatever the upsert does", async function () {
    const tree = new ReferenceTree(DEPTH, poseidon);
    for (const [key, value] of [
      [50n, 1n],
      [20n, 2n],
      [70n, 0n],
      [20n, 3n],
      [50n, 0n],
    ] as const) {
      const input = tree.upsert(key, value);
      expect(freeWires(write, await write.checked(input))).to.deep.equal([]);
      // A lookup of an absent key does not read its low leaf's value; the write's path pins that.
      const free = freeWires(lookup, await lookup.checked(lookupInput(input)));
      expect(free).to.deep.equal(input.present === 1n ? [] : ["lowValue"]);
    }
  });

  it("does nothing when disabled, and accepts no inputs then", async function () {
    const levels = Array.from({ length: DEPTH }, () => [0n, 0n, 0n]);
    const disabled = {
      enabled: 0n,
      present: 1n,
      key: 0n,
      newValue: 0n,
      lowKey: 0n,
      lowNextKey: 0n,
      lowValue: 0n,
      lowIndex: 0n,
      lowSiblings: levels,
      insertedSiblings: levels,
      root: 123n,
      size: 4n,
    };
    const witness = await write.checked(disabled);
    expect(write.value(witness, "rootAfter")).to.equal(123n);
    expect(write.value(witness, "sizeAfter")).to.equal(4n);
    for (const name of ["key", "newValue", "lowKey", "lowNextKey", "lowValue", "lowIndex"])
      expect(await write.refuses({ ...disabled, [name]: 1n }), name).to.equal(true);
    for (const name of ["lowSiblings", "insertedSiblings"])
      for (let at = 0; at < 3 * DEPTH; at++) {
        const changed = levels.map((level, k) => level.map((_, s) => (3 * k + s === at ? 1n : 0n)));
        expect(await write.refuses({ ...disabled, [name]: changed }), `${name} ${at}`).to.equal(true);
      }
    expect(await write.refuses({ ...disabled, present: 0n })).to.equal(true);
  });

  it("refuses a leaf that is not in the tree, an occupied place, and a size out of range", async function () {
    const tree = new ReferenceTree(DEPTH, poseidon);
    tree.upsert(10n, 1n);
    const input = tree.upsert(20n, 1n);
    for (const name of ["lowKey", "lowNextKey", "lowValue", "lowIndex", "root"])
      expect(await write.refuses({ ...input, [name]: name === "lowIndex" ? 2n : 77n }), name).to.equal(true);
    // Index 1 holds key 10.
    expect(await write.refuses({ ...input, size: 1n })).to.equal(true);
    expect(await write.refuses({ ...input, size: 5n })).to.equal(true);
    expect(await write.refuses({ ...input, size: 16n })).to.equal(true);
    // The low leaf is not the key's own, so it must not count as present.
    expect(await write.refuses({ ...input, present: 1n })).to.equal(true);
  });

  describe("lookup", function () {
    const low = { lowKey: 10n, lowNextKey: 20n, lowValue: 5n };

    it("finds a value or its absence", async function () {
      expect(await lookup.output({ ...low, key: 10n }, "value")).to.equal(5n);
      for (const key of [11n, 19n]) {
        expect(await lookup.output({ ...low, key }, "present")).to.equal(0n);
        expect(await lookup.output({ ...low, key }, "value")).to.equal(0n);
      }
      expect(await lookup.output({ ...low, lowNextKey: 0n, key: LAST_KEY }, "present")).to.equal(0n);
    });

    it("refuses a low leaf that does not surround the key, at the exact edges", async function () {
      for (const key of [0n, 9n, 20n, 21n]) expect(await lookup.refuses({ ...low, key })).to.equal(true);
      expect(await lookup.refuses({ ...low, lowNextKey: 0n, key: 9n })).to.equal(true);
      expect(await lookup.refuses({ ...low, lowNextKey: 11n, key: 11n })).to.equal(true);
    });
  });
});

function lookupInput(input: ReturnType<ReferenceTree["upsert"]>): Record<string, bigint> {
  const names = ["key", "lowKey", "lowNextKey", "lowValue"];
  return Object.fromEntries(
    names.map((name) => {
      const value = input[name];
      if (typeof value !== "bigint") throw new Error(`${name} is no number`);
      return [name, value];
    }),
  );
}
