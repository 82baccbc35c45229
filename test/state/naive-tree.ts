import type { Poseidon } from "../../builder/state/poseidon.ts";
import type { TreeShape } from "../../builder/state/types.ts";

/**
 * The state root of docs/spec.md section 4 by definition, sharing nothing with the builder but the hash: the
 * list is sorted anew and the whole tree hashed for each root.
 *
 * @param entries key and value of every leaf, the genesis key 0 first, in the order in which they were
 * inserted.
 */
export function naiveStateRoot(
  poseidon: Poseidon,
  shape: TreeShape,
  entries: readonly (readonly [bigint, bigint])[],
): bigint {
  const sorted = entries.map(([key]) => key).sort((a, b) => (a < b ? -1 : 1));
  const leaves = entries.map(([key, value]) => {
    const next = sorted[sorted.indexOf(key) + 1] ?? 0n;
    return poseidon([key, next, value]);
  });
  const empty: bigint[] = [0n];
  for (let level = 1; level <= 16; level++) {
    const below = empty[level - 1] ?? 0n;
    empty.push(poseidon([below, below, below, below]));
  }
  /** Hash of the subtree of `level` levels that begins at leaf `first`. */
  const subtree = (level: number, first: number): bigint => {
    if (first >= leaves.length) return empty[level] ?? 0n;
    if (level === 0) return leaves[first] ?? 0n;
    const width = 4 ** (level - 1);
    return poseidon([0, 1, 2, 3].map((child) => subtree(level - 1, first + child * width)));
  };
  // Two bits of the last index for each level.
  const grown = Math.max(1, Math.ceil((leaves.length - 1).toString(2).length / 2));
  return poseidon([subtree(shape === "fixed" ? 16 : grown, 0), BigInt(leaves.length)]);
}

/** `upsert` on a map whose insertion order is the order of places. */
export function naiveUpsert(map: Map<bigint, bigint>, key: bigint, value: bigint): void {
  if (map.has(key) || value !== 0n) map.set(key, value);
}
