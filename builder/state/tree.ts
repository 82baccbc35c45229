import sortedBtree from "sorted-btree";
import { type FieldElement, fieldElement, OutOfRangeError, type StateRoot } from "../protocol/ids.ts";
import { emptyHashes, hashLeaf, hashNode, hashState } from "./hashes.ts";
import { TreeFullError } from "./errors.ts";
import type { Poseidon } from "./poseidon.ts";
import { treeDepth } from "./shape.ts";
import {
  KEY_BITS,
  type KeyProof,
  type Leaf,
  type Siblings,
  TREE_DEPTH,
  TREE_PLACES,
  type TreeShape,
  type UpsertWitness,
} from "./types.ts";

declare const checkpointBrand: unique symbol;
/** A place in the tree's journal. Later places end when the tree goes back to an earlier one. */
export type Checkpoint = number & { readonly [checkpointBrand]: true };

/**
 * The place where the journal begins: the state as opened, or as last passed to
 * {@link StateTree.forgetJournal}.
 */
export const JOURNAL_START = 0 as Checkpoint;

/** What was there before one write: a leaf, or the hash of a node (level 0 are the leaves' hashes). */
type Change =
  | { readonly index: number; readonly leaf: Leaf | undefined }
  | { readonly level: number; readonly index: number; readonly hash: FieldElement | undefined };

/** The one leaf of an empty state. It makes every absent key have a leaf below it. */
export const GENESIS_LEAF: Leaf = { key: 0n, nextKey: 0n, value: fieldElement(0n) };

const KEY_LIMIT = 1n << BigInt(KEY_BITS);
const compareKeys = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The indexed Merkle tree of docs/spec.md section 4, in memory, with a journal.
 *
 * Leaves and nodes lie in dense arrays, one per level, since places are given out in order. Every write notes
 * what it replaced, so going back costs what the undone writes cost, without hashing. Of a growing tree only
 * the levels up to its depth are there: going back over a change of depth empties the levels above.
 */
export class StateTree {
  readonly #poseidon: Poseidon;
  readonly #shape: TreeShape;
  readonly #places: number;
  readonly #empty: readonly FieldElement[];
  readonly #leaves: Leaf[] = [];
  /** `.default` because the package is CommonJS, whose exports Node puts there. */
  readonly #indexOfKey = new sortedBtree.default<bigint, number>(undefined, compareKeys);
  /** `#levels[k][i]` is the hash of the node at level k, place i; places past the end are empty. */
  readonly #levels: FieldElement[][] = Array.from({ length: TREE_DEPTH + 1 }, () => []);
  #journal: Change[] = [];
  #generation = 0;
  #root: StateRoot | undefined;

  /**
   * @param leaves in order of place; their links are not checked: compare {@link stateRoot} with a trusted
   * root.
   * @param places that leaves may take: fewer than there are in tests only, which cannot fill them all.
   */
  constructor(
    poseidon: Poseidon,
    shape: TreeShape,
    leaves: readonly Leaf[] = [GENESIS_LEAF],
    places = TREE_PLACES,
  ) {
    this.#poseidon = poseidon;
    this.#shape = shape;
    this.#places = places;
    this.#empty = emptyHashes(poseidon);
    leaves.forEach((leaf, index) => {
      this.#setLeaf(index, leaf);
    });
    this.#rehash(leaves.keys());
    this.forgetJournal();
  }

  /** Number of leaves, the genesis leaf included. */
  get size(): number {
    return this.#leaves.length;
  }

  /** Counts the states at which the journal began. */
  get generation(): number {
    return this.#generation;
  }

  /** Levels above the leaves. */
  get depth(): number {
    return treeDepth(this.#shape, this.size);
  }

  stateRoot(): StateRoot {
    return (this.#root ??= hashState(this.#poseidon, this.#hashAt(this.depth, 0), this.size));
  }

  /** The value at `key`, 0 when the key is absent. */
  get(key: bigint): FieldElement {
    const { leaf } = this.#locate(key);
    return leaf.key === key ? leaf.value : fieldElement(0n);
  }

  /** Leaves that can still be added. */
  get room(): number {
    return this.#places - this.size;
  }

  /** @throws {TreeFullError} unless `leaves` can still be added. */
  assertRoomFor(leaves: number): void {
    if (leaves > this.room) throw new TreeFullError(this.#places);
  }

  /** Whether the key has a leaf. One that was written once has it for good, whatever its value. */
  has(key: bigint): boolean {
    return this.#locate(key).leaf.key === key;
  }

  leafAt(index: number): Leaf | undefined {
    return this.#leaves[index];
  }

  /** Proves the value at `key`, or that there is none, under the present root. */
  prove(key: bigint): KeyProof {
    const { leaf, index } = this.#locate(key);
    return { leaf, index: BigInt(index), siblings: this.#siblings(index, this.depth) };
  }

  /**
   * Path of the first empty place, where the next new key will go, as deep as the tree is with that key; a
   * full tree has none.
   */
  nextPlace(): Siblings | undefined {
    return this.size < TREE_PLACES ? this.#siblingsOfNext() : undefined;
  }

  /**
   * Writes `value` at `key` and returns everything needed to follow the write from root to root. Writing back
   * the value that is there changes nothing and so witnesses a read, of a present or an absent key.
   * @throws {TreeFullError} with nothing changed.
   */
  upsert(key: bigint, value: FieldElement): UpsertWitness {
    const { leaf: low, index } = this.#locate(key);
    const before = {
      key,
      low,
      lowIndex: BigInt(index),
      sizeBefore: BigInt(this.size),
      lowSiblings: this.#siblings(index, this.depth),
      newValue: value,
      rootBefore: this.stateRoot(),
    };
    if (low.key === key) {
      this.#replaceValue(index, low, value);
      return { ...before, oldValue: low.value, rootAfter: this.stateRoot() };
    }
    if (value === 0n) return { ...before, oldValue: fieldElement(0n), rootAfter: before.rootBefore };

    const place = this.#nextIndex();
    this.#setLeaf(index, { ...low, nextKey: key });
    this.#rehash([index]);
    const inserted = { siblings: this.#siblingsOfNext() };
    this.#setLeaf(place, { key, nextKey: low.nextKey, value });
    this.#rehash([place]);
    return { ...before, oldValue: fieldElement(0n), inserted, rootAfter: this.stateRoot() };
  }

  /**
   * The same as an `upsert` of each entry in order, but every node above the changed leaves is hashed once.
   * @throws {TreeFullError} with some of them written: {@link assertRoomFor} tells before.
   */
  upsertMany(entries: Iterable<readonly [key: bigint, value: FieldElement]>): void {
    const written = new Set<number>();
    for (const [key, value] of entries) {
      const { leaf: low, index } = this.#locate(key);
      if (low.key === key) {
        if (low.value !== value) this.#storeLeaf(index, { ...low, value });
        written.add(index);
      } else if (value !== 0n) {
        const place = this.#nextIndex();
        this.#storeLeaf(index, { ...low, nextKey: key });
        this.#storeLeaf(place, { key, nextKey: low.nextKey, value });
        written.add(index).add(place);
      }
    }
    for (const index of written) this.#hashLeafAt(index);
    this.#rehash(written);
  }

  /** The present place, to which {@link revert} can go back. */
  checkpoint(): Checkpoint {
    return this.#journal.length as Checkpoint;
  }

  /** Undoes everything since `checkpoint`. At a place already undone nothing happens. */
  revert(checkpoint: Checkpoint): void {
    while (this.#journal.length > checkpoint) {
      const change = this.#journal.pop();
      if (change === undefined) break;
      this.#undo(change);
      this.#root = undefined;
    }
  }

  /**
   * Goes back to where the journal begins.
   * @returns what goes forward again, without hashing; to be called when the journal is empty again, as often
   * as that is.
   */
  park(): () => void {
    const root = this.#root;
    const redo: Change[] = [];
    for (let change = this.#journal.pop(); change !== undefined; change = this.#journal.pop()) {
      redo.push(this.#counterpart(change));
      this.#undo(change);
      this.#root = undefined;
    }
    return () => {
      if (this.#journal.length > 0) throw new Error("the tree has gone elsewhere in the meantime");
      for (const change of redo.toReversed()) {
        if ("leaf" in change) {
          if (change.leaf !== undefined) this.#storeLeaf(change.index, change.leaf);
        } else if (change.hash !== undefined) this.#setHash(change.level, change.index, change.hash);
      }
      this.#root = root;
    };
  }

  /**
   * The leaves changed since the journal began, by place, as they were then; `undefined` where there was
   * none.
   */
  journalledLeaves(): ReadonlyMap<number, Leaf | undefined> {
    const before = new Map<number, Leaf | undefined>();
    for (const change of this.#journal) {
      if ("leaf" in change && !before.has(change.index)) before.set(change.index, change.leaf);
    }
    return before;
  }

  /** Makes the present state the one at which the journal begins. All checkpoints end. */
  forgetJournal(): void {
    this.#journal = [];
    this.#generation++;
  }

  /**
   * Puts the leaves of an earlier state back: `leaves` replace those at their places and places from `size`
   * on become empty. The journal begins anew.
   */
  restore(leaves: ReadonlyMap<number, Leaf>, size: number): void {
    while (this.size > size) {
      const leaf = this.#leaves.pop();
      if (leaf !== undefined) this.#indexOfKey.delete(leaf.key);
    }
    const { depth } = this;
    this.#levels.forEach((level, k) => level.splice(k > depth ? 0 : Math.ceil(size / 4 ** k)));
    for (const [index, leaf] of leaves) this.#setLeaf(index, leaf);
    // The last leaf's path lost the siblings that came after it.
    this.#rehash([...leaves.keys(), size - 1]);
    this.forgetJournal();
  }

  /** The leaf with the greatest key ≤ `key`; the genesis leaf has key 0, so there always is one. */
  #locate(key: bigint): { leaf: Leaf; index: number } {
    if (key < 0n || key >= KEY_LIMIT) throw new OutOfRangeError("key", key, `2^${KEY_BITS.toString()}`);
    const index = this.#indexOfKey.getPairOrNextLower(key)?.[1];
    const leaf = index === undefined ? undefined : this.#leaves[index];
    if (index === undefined || leaf === undefined) throw new Error("the tree has lost its genesis leaf");
    return { leaf, index };
  }

  #nextIndex(): number {
    this.assertRoomFor(1);
    return this.size;
  }

  #replaceValue(index: number, leaf: Leaf, value: FieldElement): void {
    if (leaf.value === value) return;
    this.#setLeaf(index, { ...leaf, value });
    this.#rehash([index]);
  }

  #setLeaf(index: number, leaf: Leaf): void {
    this.#storeLeaf(index, leaf);
    this.#hashLeafAt(index);
  }

  #storeLeaf(index: number, leaf: Leaf): void {
    this.#journal.push({ index, leaf: this.#leaves[index] });
    this.#leaves[index] = leaf;
    this.#indexOfKey.set(leaf.key, index);
  }

  #hashLeafAt(index: number): void {
    const leaf = this.#leaves[index];
    if (leaf !== undefined) this.#setHash(0, index, hashLeaf(this.#poseidon, leaf));
  }

  #setHash(level: number, index: number, hash: FieldElement): void {
    const hashes = this.#level(level);
    this.#journal.push({ level, index, hash: hashes[index] });
    hashes[index] = hash;
    this.#root = undefined;
  }

  /** Hashes the nodes above the given leaves anew, each once, level by level. */
  #rehash(indices: Iterable<number>): void {
    let places = new Set(indices);
    const { depth } = this;
    for (let level = 0; level < depth; level++) {
      const parents = new Set<number>();
      for (const place of places) parents.add(place >>> 2);
      for (const parent of parents) {
        const child = (position: number): FieldElement => this.#hashAt(level, parent * 4 + position);
        this.#setHash(level + 1, parent, hashNode(this.#poseidon, [child(0), child(1), child(2), child(3)]));
      }
      places = parents;
    }
  }

  #siblingsOfNext(): Siblings {
    return this.#siblings(this.size, treeDepth(this.#shape, this.size + 1));
  }

  #siblings(index: number, depth: number): Siblings {
    return Array.from({ length: depth }, (_, level) => {
      const place = Math.floor(index / 4 ** level);
      const first = place - (place % 4);
      const sibling = (n: number): FieldElement => {
        const position = n < place % 4 ? n : n + 1;
        return this.#hashAt(level, first + position);
      };
      return [sibling(0), sibling(1), sibling(2)] as const;
    });
  }

  #hashAt(level: number, index: number): FieldElement {
    const hash = this.#level(level)[index] ?? this.#empty[level];
    if (hash === undefined) throw new OutOfRangeError("level", BigInt(level), "the tree's depth");
    return hash;
  }

  #level(level: number): FieldElement[] {
    const hashes = this.#levels[level];
    if (hashes === undefined) throw new OutOfRangeError("level", BigInt(level), "the tree's depth");
    return hashes;
  }

  /** What is there now, where a change was noted. */
  #counterpart(change: Change): Change {
    if ("leaf" in change) return { index: change.index, leaf: this.#leaves[change.index] };
    const { level, index } = change;
    return { level, index, hash: this.#level(level)[index] };
  }

  /** Changes are undone in reverse order, so a place that was empty before is the last of its array. */
  #undo(change: Change): void {
    if ("leaf" in change) {
      if (change.leaf === undefined) {
        const leaf = this.#leaves.pop();
        if (leaf !== undefined) this.#indexOfKey.delete(leaf.key);
      } else {
        this.#leaves[change.index] = change.leaf;
      }
    } else if (change.hash === undefined) {
      this.#level(change.level).pop();
    } else {
      this.#level(change.level)[change.index] = change.hash;
    }
  }
}
