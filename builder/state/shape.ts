import { TREE_ARITY, TREE_DEPTH, type TreeShape } from "./types.ts";

/**
 * Levels above the leaves of a tree with `size` leaves (docs/spec.md section 4).
 * @param size from 1 to 4^16.
 */
export function treeDepth(shape: TreeShape, size: number): number {
  if (shape === "fixed") return TREE_DEPTH;
  let depth = 1;
  for (let places = TREE_ARITY; places < size; places *= TREE_ARITY) depth++;
  return depth;
}
