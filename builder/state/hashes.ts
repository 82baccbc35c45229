import { type FieldElement, fieldElement, type StateRoot, stateRoot } from "../protocol/ids.ts";
import type { Poseidon } from "./poseidon.ts";
import { type Leaf, TREE_DEPTH } from "./types.ts";

/**
 * The three hashes of the tree (docs/spec.md section 4); their numbers of inputs differ, so none can pose as
 * another.
 */
export function hashLeaf(poseidon: Poseidon, leaf: Leaf): FieldElement {
  return poseidon([leaf.key, leaf.nextKey, leaf.value]);
}

/** Hash of an inner node from its four children. */
export function hashNode(
  poseidon: Poseidon,
  children: readonly [FieldElement, FieldElement, FieldElement, FieldElement],
): FieldElement {
  return poseidon(children);
}

/** Root of the state: the tree's root and its number of leaves. */
export function hashState(poseidon: Poseidon, treeRoot: FieldElement, size: number | bigint): StateRoot {
  return stateRoot(poseidon([treeRoot, BigInt(size)]));
}

/**
 * Hash of an empty subtree by level: 0 at the leaf level, then the node of four such. `TREE_DEPTH + 1`
 * entries, whatever the depth of the tree.
 */
export function emptyHashes(poseidon: Poseidon): readonly FieldElement[] {
  const hashes: FieldElement[] = [];
  let hash = fieldElement(0n);
  for (let level = 0; level <= TREE_DEPTH; level++) {
    hashes.push(hash);
    hash = hashNode(poseidon, [hash, hash, hash, hash]);
  }
  return hashes;
}
