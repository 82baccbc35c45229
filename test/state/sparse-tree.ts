import { fieldElement, type FieldElement, type StateRoot } from "../../builder/protocol/ids.ts";
import { emptyHashes, hashLeaf, hashNode, hashState } from "../../builder/state/hashes.ts";
import type { Poseidon } from "../../builder/state/poseidon.ts";
import { GENESIS_LEAF } from "../../builder/state/tree.ts";
import {
  type KeyProof,
  type Leaf,
  type Siblings,
  TREE_DEPTH,
  type TreeShape,
  type UpsertWitness,
} from "../../builder/state/types.ts";

/**
 * The tree of docs/spec.md section 4 with billions of leaves, most of which are never looked at:
 * it says that it has `size` of them, holds a few, and shows empty places instead of the others.
 */
export class SparseTree {
  readonly #poseidon: Poseidon;
  readonly #shape: TreeShape;
  readonly #empty: readonly FieldElement[];
  readonly #leaves = new Map<bigint, Leaf>([[0n, GENESIS_LEAF]]);
  size: bigint;

  constructor(poseidon: Poseidon, shape: TreeShape, size: bigint) {
    this.#poseidon = poseidon;
    this.#shape = shape;
    this.#empty = emptyHashes(poseidon);
    this.size = size;
  }

  stateRoot(): StateRoot {
    return hashState(this.#poseidon, this.#hash(this.#depth(this.size), 0n), this.size);
  }

  prove(key: bigint): KeyProof {
    const [index, leaf] = this.#locate(key);
    return { leaf, index, siblings: this.#siblings(index, this.size) };
  }

  /** As the specification says, whatever the size: a full tree is for others to notice. */
  upsert(key: bigint, newValue: FieldElement): UpsertWitness {
    const [lowIndex, low] = this.#locate(key);
    const isPresent = low.key === key;
    const before = {
      key,
      low,
      lowIndex,
      sizeBefore: this.size,
      lowSiblings: this.#siblings(lowIndex, this.size),
      oldValue: isPresent ? low.value : fieldElement(0n),
      newValue,
      rootBefore: this.stateRoot(),
    };
    if (isPresent) {
      this.#leaves.set(lowIndex, { ...low, value: newValue });
      return { ...before, rootAfter: this.stateRoot() };
    }
    if (newValue === 0n) return { ...before, rootAfter: before.rootBefore };
    this.#leaves.set(lowIndex, { ...low, nextKey: key });
    const inserted = { siblings: this.nextPlace() };
    this.#leaves.set(this.size, { key, nextKey: low.nextKey, value: newValue });
    this.size += 1n;
    return { ...before, inserted, rootAfter: this.stateRoot() };
  }

  /** Path of the place behind all leaves, in the tree that one leaf more would make. */
  nextPlace(): Siblings {
    return this.#siblings(this.size, this.size + 1n);
  }

  #depth(size: bigint): number {
    if (this.#shape === "fixed") return TREE_DEPTH;
    const depths = Array.from({ length: TREE_DEPTH }, (_, n) => n + 1);
    return depths.find((depth) => 1n << BigInt(2 * depth) >= size) ?? TREE_DEPTH;
  }

  #siblings(index: bigint, size: bigint): Siblings {
    return Array.from({ length: this.#depth(size) }, (_, level) => {
      const place = index >> BigInt(2 * level);
      const [a, b, c] = [0n, 1n, 2n, 3n]
        .map((child) => (place & ~3n) + child)
        .filter((child) => child !== place)
        .map((child) => this.#hash(level, child));
      if (a === undefined || b === undefined || c === undefined) throw new Error("three siblings");
      return [a, b, c] as const;
    });
  }

  #hash(level: number, place: bigint): FieldElement {
    if (level === 0) {
      const leaf = this.#leaves.get(place);
      return leaf === undefined ? fieldElement(0n) : hashLeaf(this.#poseidon, leaf);
    }
    const isEmpty = ![...this.#leaves.keys()].some((index) => index >> BigInt(2 * level) === place);
    const empty = this.#empty[level];
    if (isEmpty && empty !== undefined) return empty;
    const child = (at: bigint): FieldElement => this.#hash(level - 1, 4n * place + at);
    return hashNode(this.#poseidon, [child(0n), child(1n), child(2n), child(3n)]);
  }

  /** The leaf with the greatest key ≤ `key`. */
  #locate(key: bigint): readonly [bigint, Leaf] {
    return [...this.#leaves].reduce((best, each) =>
      each[1].key <= key && each[1].key > best[1].key ? each : best,
    );
  }
}
