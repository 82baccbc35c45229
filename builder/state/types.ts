import type { FieldElement, StateRoot } from "../protocol/ids.ts";

/** Most levels of a tree; each node has four children, so a tree holds up to 4^16 = 2^32 leaves. */
export const TREE_DEPTH = 16;
/** Children of an inner node. */
export const TREE_ARITY = 4;
/**
 * How deep a tree is: always {@link TREE_DEPTH} levels, or as few as its leaves need (docs/spec.md section
 * 4).
 */
export type TreeShape = "fixed" | "growing";
/** Leaves that a tree holds: its size is at most this, and then it takes no new one. */
export const TREE_PLACES = TREE_ARITY ** TREE_DEPTH;
/** Keys are below 2^248, so that the circuit compares them without wrap-around. */
export const KEY_BITS = 248;

/** A leaf of the indexed tree; leaves form a list sorted by key. `nextKey` is 0 at the end of the list. */
export interface Leaf {
  readonly key: bigint;
  readonly nextKey: bigint;
  readonly value: FieldElement;
}

/**
 * Siblings of a path, from the leaf level upwards: at each level the three other children, in child order. As
 * many levels as the tree is deep.
 */
export type Siblings = readonly (readonly [FieldElement, FieldElement, FieldElement])[];

/**
 * Where a key stands in the tree; if it is absent, the leaf that shows it: its key is below and its `nextKey`
 * above.
 */
export interface KeyProof {
  /** The leaf with the greatest key ≤ the key in question. */
  readonly leaf: Leaf;
  readonly index: bigint;
  readonly siblings: Siblings;
}

/**
 * Everything a circuit needs to follow one `upsert`: the leaf at or below the key, and, if a leaf was
 * inserted, the path of the empty place it went to. `inserted === undefined` when the key was present or
 * nothing was written.
 */
export interface UpsertWitness {
  readonly key: bigint;
  /** The value before; 0 if the key was absent. */
  readonly oldValue: FieldElement;
  readonly newValue: FieldElement;
  /** The leaf with the greatest key ≤ `key`, as it was before. */
  readonly low: Leaf;
  readonly lowIndex: bigint;
  /** Number of leaves before: where an inserted leaf goes, and the second input of the state root. */
  readonly sizeBefore: bigint;
  /** Path of `low` in the tree before the upsert. */
  readonly lowSiblings: Siblings;
  /**
   * Path of the new leaf (its index is the size before) in the tree after `low` was changed, as deep as the
   * tree is with the new leaf.
   */
  readonly inserted?: { readonly siblings: Siblings };
  readonly rootBefore: StateRoot;
  readonly rootAfter: StateRoot;
}
