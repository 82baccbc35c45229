import { fieldElement, type StateRoot } from "../../../protocol/ids.ts";
import { emptyHashes, hashLeaf, hashNode, hashState } from "../../../state/hashes.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import {
  KEY_BITS,
  type KeyProof,
  type Leaf,
  type Siblings,
  TREE_DEPTH,
  TREE_PLACES,
} from "../../../state/types.ts";
import { StatementRefusedError } from "./errors.ts";

type Hash = ReturnType<Poseidon>;

const KEY_LIMIT = 1n << BigInt(KEY_BITS);
const PLACES = BigInt(TREE_PLACES);

/**
 * The part of an EVM rollup's state tree (docs/spec.md section 4) that paths under one root show. It answers
 * and follows writes only as far as they do.
 */
export class PartialTree {
  readonly #poseidon: Poseidon;
  readonly #empty: readonly Hash[];
  /** Number of leaves under the root that the paths lead to: from this place on, all is empty. */
  readonly #sizeBefore: bigint;
  readonly #depthBefore: number;
  readonly #rootBefore: StateRoot;
  #size: bigint;
  /** Hashes known, by level (0: leaves) and place. */
  readonly #levels: readonly Map<bigint, Hash>[] = Array.from({ length: TREE_DEPTH + 1 }, () => new Map());
  readonly #leaves = new Map<bigint, Leaf>();
  /** Places of leaves by key. */
  readonly #places = new Map<bigint, bigint>();
  /** Keys of the leaves, ascending. */
  #keys: bigint[] = [];
  /** Places written since the root was last hashed. */
  readonly #written = new Set<bigint>();

  /**
   * @param nextPlace path of the first empty place, in the tree that one leaf more would make; a full tree
   * has none.
   * @throws {StatementRefusedError}
   */
  constructor(poseidon: Poseidon, root: StateRoot, size: bigint, nextPlace: Siblings | undefined) {
    if (size < 1n || size > PLACES)
      throw new StatementRefusedError("WITNESS_MALFORMED", `a tree of ${size} leaves`);
    if ((nextPlace === undefined) !== (size === PLACES))
      throw new StatementRefusedError("WITNESS_MALFORMED", `a next place in a tree of ${size} leaves`);
    this.#poseidon = poseidon;
    this.#empty = emptyHashes(poseidon);
    this.#sizeBefore = size;
    this.#depthBefore = depthOf(size);
    this.#rootBefore = root;
    this.#size = size;
    if (nextPlace === undefined) return;
    this.#addPath("the next place", size, fieldElement(0n), nextPlace, depthOf(size + 1n));
    nextPlace.forEach((siblings, level) => {
      const position = childPosition(size, level);
      siblings.slice(position).forEach((hash) => {
        if (hash !== this.#empty[level])
          throw new StatementRefusedError("WITNESS_NOT_IN_STATE", "the next place is not behind all leaves");
      });
    });
  }

  /**
   * Checks a leaf's path and takes over what it shows.
   * @param what for messages.
   * @throws {StatementRefusedError}
   */
  add(what: string, { leaf, index, siblings }: KeyProof): void {
    const inRange = [leaf.key, leaf.nextKey].every((key) => key >= 0n && key < KEY_LIMIT);
    if (!inRange || index < 0n || index >= this.#sizeBefore)
      throw new StatementRefusedError("WITNESS_MALFORMED", `${what}: there is no such leaf`);
    this.#addPath(what, index, hashLeaf(this.#poseidon, leaf), siblings, this.#depthBefore);
    if (this.#leaves.has(index)) return;
    this.#leaves.set(index, leaf);
    this.#places.set(leaf.key, index);
    this.#keys.splice(this.#rank(leaf.key), 0, leaf.key);
  }

  /**
   * @returns 0 if the key is absent.
   * @throws {StatementRefusedError} `NOT_WITNESSED`
   */
  get(key: bigint): bigint {
    const { leaf } = this.#locate(key);
    return leaf.key === key ? leaf.value : 0n;
  }

  /**
   * `upsert` of docs/spec.md section 4.
   * @throws {StatementRefusedError} `NOT_WITNESSED`, `EXECUTION_REFUSED` in a full tree.
   */
  upsert(key: bigint, value: bigint): void {
    const { leaf: low, place } = this.#locate(key);
    if (low.key === key) {
      this.#write(place, { ...low, value: fieldElement(value) });
      return;
    }
    if (value === 0n) return;
    if (this.#size === PLACES)
      throw new StatementRefusedError("EXECUTION_REFUSED", "the state's tree takes no new leaf: it is full");
    this.#write(place, { ...low, nextKey: key });
    this.#write(this.#size, { key, nextKey: low.nextKey, value: fieldElement(value) });
    this.#keys.splice(this.#rank(key), 0, key);
    this.#size += 1n;
  }

  root(): StateRoot {
    let places = new Set(this.#written);
    this.#written.clear();
    const depth = depthOf(this.#size);
    for (let level = 0; level < depth; level++) {
      const parents = new Set<bigint>();
      for (const place of places) parents.add(place >> 2n);
      for (const parent of parents) {
        const child = (position: bigint): Hash => this.#hash(level, parent * 4n + position);
        const children = [child(0n), child(1n), child(2n), child(3n)] as const;
        this.#levels[level + 1]?.set(parent, hashNode(this.#poseidon, children));
      }
      places = parents;
    }
    return hashState(this.#poseidon, this.#hash(depth, 0n), this.#size);
  }

  /**
   * Follows a path from a leaf's hash to the top, and keeps the hashes on it and beside it. The root before
   * is on it, or beside it if the path is the next place's and that one makes the tree deeper.
   */
  #addPath(what: string, place: bigint, leafHash: Hash, path: Siblings, depth: number): void {
    if (path.length !== depth)
      throw new StatementRefusedError("WITNESS_MALFORMED", `${what}: path of another depth`);
    const seen: [level: number, place: bigint, hash: Hash][] = [[0, place, leafHash]];
    let hash = leafHash;
    path.forEach(([a, b, c], level) => {
      const here = place >> BigInt(2 * level);
      const position = childPosition(place, level);
      const siblings = [a, b, c];
      siblings.forEach((sibling, n) => {
        seen.push([level, here - BigInt(position) + BigInt(n < position ? n : n + 1), sibling]);
      });
      const [first, second, third, fourth] = siblings.toSpliced(position, 0, hash);
      if (first === undefined || second === undefined || third === undefined || fourth === undefined)
        throw new StatementRefusedError("WITNESS_MALFORMED", `${what}: path with a gap`);
      hash = hashNode(this.#poseidon, [first, second, third, fourth]);
      seen.push([level + 1, here >> 2n, hash]);
    });
    const top = seen.find(([level, at]) => level === this.#depthBefore && at === 0n);
    if (top === undefined || hashState(this.#poseidon, top[2], this.#sizeBefore) !== this.#rootBefore)
      throw new StatementRefusedError(
        "WITNESS_NOT_IN_STATE",
        `${what}: its path does not lead to the root before`,
      );
    for (const [level, at, known] of seen) this.#levels[level]?.set(at, known);
  }

  /** The leaf with the greatest key ≤ `key`. */
  #locate(key: bigint): { leaf: Leaf; place: bigint } {
    const low = this.#keys[this.#rank(key + 1n) - 1];
    const place = low === undefined ? undefined : this.#places.get(low);
    const leaf = place === undefined ? undefined : this.#leaves.get(place);
    if (
      leaf === undefined ||
      place === undefined ||
      (leaf.key !== key && leaf.nextKey !== 0n && leaf.nextKey <= key)
    )
      throw new StatementRefusedError("NOT_WITNESSED", `no leaf of the witness shows the key ${key}`);
    return { leaf, place };
  }

  /** How many keys are below `key`. */
  #rank(key: bigint): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] ?? 0n) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #write(place: bigint, leaf: Leaf): void {
    this.#leaves.set(place, leaf);
    this.#places.set(leaf.key, place);
    this.#levels[0]?.set(place, hashLeaf(this.#poseidon, leaf));
    this.#written.add(place);
  }

  #hash(level: number, place: bigint): Hash {
    const known = this.#levels[level]?.get(place);
    if (known !== undefined) return known;
    const empty = this.#empty[level];
    if (empty !== undefined && place << BigInt(2 * level) > this.#sizeBefore) return empty;
    throw new StatementRefusedError("NOT_WITNESSED", `no path shows place ${place} at level ${level}`);
  }
}

/** Levels above the leaves: as few as `size` leaves need, but one at least. */
function depthOf(size: bigint): number {
  let depth = 1;
  while (size > 1n << BigInt(2 * depth)) depth++;
  return depth;
}

/** Which child of its parent the node above leaf number `place` is, at `level`. */
function childPosition(place: bigint, level: number): number {
  return Number((place >> BigInt(2 * level)) & 3n);
}
