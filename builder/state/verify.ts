import { type FieldElement, fieldElement } from "../protocol/ids.ts";
import { emptyHashes, hashLeaf, hashNode, hashState } from "./hashes.ts";
import type { Poseidon } from "./poseidon.ts";
import { KEY_BITS, type Siblings, TREE_DEPTH, type TreeShape, type UpsertWitness } from "./types.ts";

/**
 * Follows an upsert from root to root by its witness alone, as the circuit does. Independent of the tree: it
 * keeps no state and shares only the three hashes.
 *
 * @returns undefined when the witness proves that `upsert(key, newValue)` takes `rootBefore` to `rootAfter`
 * and that the value was `oldValue` (0: absent or 0), else what is wrong with it.
 */
export function verifyUpsert(
  poseidon: Poseidon,
  shape: TreeShape,
  witness: UpsertWitness,
): string | undefined {
  const { key, low, lowIndex, sizeBefore, lowSiblings, inserted, oldValue, newValue } = witness;
  if (key < 0n || key >= 1n << BigInt(KEY_BITS)) return "key out of range";

  const follow = (leaf: FieldElement, index: bigint, siblings: Siblings): FieldElement | undefined =>
    rootOfPath(poseidon, leaf, index, siblings);
  const treeBefore = follow(hashLeaf(poseidon, low), lowIndex, lowSiblings);
  if (treeBefore === undefined || !isDepthOf(shape, lowSiblings.length, sizeBefore))
    return "path of the low leaf has the wrong shape";
  if (hashState(poseidon, treeBefore, sizeBefore) !== witness.rootBefore)
    return "the low leaf is not in the state";

  if (low.key === key) {
    if (inserted !== undefined) return "present key inserted";
    if (low.value !== oldValue) return "wrong old value";
    const treeAfter = follow(hashLeaf(poseidon, { ...low, value: newValue }), lowIndex, lowSiblings);
    if (treeAfter === undefined || hashState(poseidon, treeAfter, sizeBefore) !== witness.rootAfter)
      return "wrong root after the update";
    return undefined;
  }

  if (low.key > key) return "the low leaf lies above the key";
  if (low.nextKey !== 0n && low.nextKey <= key) return "the low leaf does not surround the key";
  if (oldValue !== 0n) return "an absent key has value 0";
  if (newValue === 0n) {
    if (inserted !== undefined) return "value 0 inserted";
    return witness.rootAfter === witness.rootBefore ? undefined : "nothing was written but the root changed";
  }
  if (inserted === undefined) return "insertion without a path";
  if (!isDepthOf(shape, inserted.siblings.length, sizeBefore + 1n))
    return "path of the new leaf has the wrong shape";

  const between = follow(hashLeaf(poseidon, { ...low, nextKey: key }), lowIndex, lowSiblings);
  const treeBetween = between && raise(poseidon, between, lowSiblings.length, inserted.siblings.length);
  if (treeBetween !== follow(fieldElement(0n), sizeBefore, inserted.siblings))
    return "the new place is not empty";
  const leaf = { key, nextKey: low.nextKey, value: newValue };
  const treeAfter = follow(hashLeaf(poseidon, leaf), sizeBefore, inserted.siblings);
  if (treeAfter === undefined || hashState(poseidon, treeAfter, sizeBefore + 1n) !== witness.rootAfter)
    return "wrong root after the insertion";
  return undefined;
}

/** Whether a tree of `size` leaves has this depth (docs/spec.md section 4). */
function isDepthOf(shape: TreeShape, depth: number, size: bigint): boolean {
  if (shape === "fixed") return depth === TREE_DEPTH;
  const fits = (levels: number): boolean => size <= 4n ** BigInt(levels);
  return depth >= 1 && depth <= TREE_DEPTH && fits(depth) && (depth === 1 || !fits(depth - 1));
}

/** Root of a tree that is put into a deeper one, in which it is the first child, with nothing beside it. */
function raise(poseidon: Poseidon, root: FieldElement, from: number, to: number): FieldElement {
  return emptyHashes(poseidon)
    .slice(from, to)
    .reduce((hash, empty) => hashNode(poseidon, [hash, empty, empty, empty]), root);
}

/**
 * The tree root over a leaf's path, or undefined when the index does not fit the path. Whether the path is as
 * long as the tree is deep is for the caller to see.
 */
export function rootOfPath(
  poseidon: Poseidon,
  leaf: FieldElement,
  index: bigint,
  siblings: Siblings,
): FieldElement | undefined {
  if (index < 0n || index >= 1n << BigInt(2 * siblings.length)) return undefined;
  return siblings.reduce((hash, [a, b, c], level) => {
    switch ((index >> BigInt(2 * level)) & 3n) {
      case 0n:
        return hashNode(poseidon, [hash, a, b, c]);
      case 1n:
        return hashNode(poseidon, [a, hash, b, c]);
      case 2n:
        return hashNode(poseidon, [a, b, hash, c]);
      default:
        return hashNode(poseidon, [a, b, c, hash]);
    }
  }, leaf);
}
