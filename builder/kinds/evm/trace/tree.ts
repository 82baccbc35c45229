import { absent, leaf as leafRow, newLeaf } from "../../../../circuits/evm/state/leaves.ts";
import { node } from "../../../../circuits/evm/state/node.ts";
import { emptyHashes } from "../../../state/hashes.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { treeDepth } from "../../../state/shape.ts";
import { type KeyProof, type Leaf, type Siblings, TREE_ARITY } from "../../../state/types.ts";
import { StatementRefusedError } from "../reference/errors.ts";
import type { TraceRow } from "./trace-row.ts";

/** What a statement says of one key: 0 is absent, or a leaf of value 0. */
export interface KeyChange {
  readonly key: bigint;
  readonly after: bigint;
}

/** The part of the tree before that is known. */
export interface KnownTree {
  readonly size: bigint;
  readonly proofs: readonly KeyProof[];
  /** Path of the first empty place; a full tree has none. */
  readonly nextPlace: Siblings | undefined;
}

export interface TreeTrace {
  readonly rows: readonly TraceRow[];
  /** What the keys had before. */
  readonly before: ReadonlyMap<bigint, bigint>;
  /** Root nodes, each at the depth that its tree's size gives. */
  readonly rootBefore: bigint;
  readonly rootAfter: bigint;
  readonly sizeBefore: bigint;
  readonly sizeAfter: bigint;
  /** Key of the leaf added last; 0 if none was. */
  readonly added: bigint;
}

/** What is to be done with the keys from one leaf of the tree before up to the next. */
interface Gap {
  readonly index: bigint;
  readonly leaf: Leaf;
  /** The leaf's own key. */
  own: KeyChange | undefined;
  /** Keys behind it, ascending. */
  readonly keys: KeyChange[];
}

/**
 * Rows of the tree that show what `changes` say of their keys, with `upsert` in ascending order of keys.
 * @param changes one for each key that the statement has to do with.
 * @throws {StatementRefusedError} `NOT_WITNESSED`: what is known of the tree does not suffice.
 */
export function traceTree(poseidon: Poseidon, tree: KnownTree, changes: readonly KeyChange[]): TreeTrace {
  const { rows, ...leaves } = traceLeaves(tree, changes);
  const nodes = traceNodes(poseidon, tree, rows);
  return { ...leaves, ...nodes, rows: [...rows, ...nodes.rows] };
}

type LeavesTrace = Omit<TreeTrace, "rootBefore" | "rootAfter">;

function traceLeaves(tree: KnownTree, changes: readonly KeyChange[]): LeavesTrace {
  const before = new Map<bigint, bigint>();
  const rows: TraceRow[] = [];
  let size = tree.size;
  let added = 0n;
  for (const { index, leaf, own, keys } of gapsOf(tree, changes)) {
    const { key, nextKey: end, value: valueBefore } = leaf;
    const isNew = ({ after }: KeyChange): boolean => after !== 0n;
    /** Key of the leaf behind place `at` of the gap in the tree after; -1 is the leaf before the gap. */
    const nextAfter = (at: number): bigint => keys.slice(at + 1).find(isNew)?.key ?? end;
    if (own !== undefined) before.set(key, valueBefore);
    const given = {
      index,
      key,
      nextBefore: end,
      nextAfter: nextAfter(-1),
      valueBefore,
      valueAfter: own?.after ?? valueBefore,
      used: flag(own !== undefined),
      gap: flag(keys.length > 0),
      last: keys.at(-1)?.key ?? 0n,
    };
    rows.push({ type: leafRow, given });
    for (const [at, change] of keys.entries()) {
      const neighbours = { key: change.key, previous: keys[at - 1]?.key ?? key, end, next: nextAfter(at) };
      before.set(change.key, 0n);
      if (isNew(change)) {
        rows.push({ type: newLeaf, given: { ...neighbours, size, added, value: change.after } });
        added = change.key;
        size++;
      } else rows.push({ type: absent, given: neighbours });
    }
  }
  return { rows, before, sizeBefore: tree.size, sizeAfter: size, added };
}

/**
 * Rows of the nodes above leaves.
 * @param leaves rows `leaf` and `newLeaf`; others do not count.
 * @throws {StatementRefusedError} as {@link traceTree}.
 */
export function traceNodes(
  poseidon: Poseidon,
  tree: KnownTree,
  leaves: readonly TraceRow[],
): Pick<TreeTrace, "rows" | "rootBefore" | "rootAfter"> {
  const nodes = new NodeTrace(poseidon, tree);
  let size = tree.size;
  for (const { type, given } of leaves) {
    const hash = (...names: string[]): bigint => poseidon(names.map((name) => given[name] ?? 0n));
    if (type === leafRow) {
      const before = hash("key", "nextBefore", "valueBefore");
      nodes.setLeaf(given.index ?? 0n, before, hash("key", "nextAfter", "valueAfter"));
    } else if (type === newLeaf) {
      nodes.setLeaf(given.size ?? 0n, 0n, hash("key", "next", "value"));
      size++;
    }
  }
  return { ...nodes.finish(size), rows: nodes.rows };
}

/** The keys by the leaf of the tree before at which or behind which they are, ascending. */
function gapsOf({ proofs }: KnownTree, changes: readonly KeyChange[]): Gap[] {
  const leaves = [...new Map(proofs.map((proof) => [proof.leaf.key, proof])).values()];
  leaves.sort((a, b) => (a.leaf.key < b.leaf.key ? -1 : 1));
  const gaps = new Map<bigint, Gap>();
  for (const change of changes.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    const low = leaves.findLast(({ leaf }) => leaf.key <= change.key);
    const next = low?.leaf.nextKey ?? 0n;
    if (low === undefined || (next !== 0n && next <= change.key)) throw notShown(`key ${change.key}`);
    const gap = gaps.get(low.index) ?? { index: low.index, leaf: low.leaf, own: undefined, keys: [] };
    gaps.set(low.index, gap);
    if (low.leaf.key === change.key) gap.own = change;
    else gap.keys.push(change);
  }
  return [...gaps.values()];
}

interface Pair {
  readonly before: bigint;
  readonly after: bigint;
}

/** Nodes above the leaves that rows stand for: one row for each. */
class NodeTrace {
  readonly rows: TraceRow[] = [];
  readonly #poseidon: Poseidon;
  readonly #empty: readonly bigint[];
  readonly #size: bigint;
  /** Hashes of the tree before by "level:index", as far as paths show them. */
  readonly #known = new Map<string, bigint>();
  #level = new Map<bigint, Pair>();

  constructor(poseidon: Poseidon, { size, proofs, nextPlace }: KnownTree) {
    this.#poseidon = poseidon;
    this.#empty = emptyHashes(poseidon);
    this.#size = size;
    for (const { index, siblings } of proofs) this.#know(index, siblings);
    if (nextPlace !== undefined) this.#know(size, nextPlace);
  }

  setLeaf(index: bigint, before: bigint, after: bigint): void {
    this.#level.set(index, { before, after });
  }

  /** Makes the rows, up to the root of a tree of `size` leaves. */
  finish(size: bigint): { rootBefore: bigint; rootAfter: bigint } {
    const depthBefore = treeDepth("growing", Number(this.#size));
    const depthAfter = treeDepth("growing", Number(size));
    let rootBefore: bigint | undefined;
    for (let level = 0; level < depthAfter; level++) {
      if (level === depthBefore) rootBefore = this.#before(level, 0n);
      const parents = new Map<bigint, Pair>();
      for (const index of new Set([...this.#level.keys()].map((child) => child >> 2n)))
        parents.set(index, this.#parent(level + 1, index));
      this.#level = parents;
    }
    const top = this.#level.get(0n);
    if (top === undefined) throw notShown("the root");
    return { rootBefore: rootBefore ?? top.before, rootAfter: top.after };
  }

  #parent(level: number, index: bigint): Pair {
    const given: Record<string, bigint> = { level: BigInt(level), index };
    const before: bigint[] = [];
    const after: bigint[] = [];
    for (let child = 0; child < TREE_ARITY; child++) {
      const place = index * BigInt(TREE_ARITY) + BigInt(child);
      const touched = this.#level.get(place);
      const old = touched?.before ?? this.#before(level - 1, place);
      const now = touched?.after ?? old;
      before.push(old);
      after.push(now);
      given[`touched ${child}`] = flag(touched !== undefined);
      given[`before ${child}`] = old;
      given[`after ${child}`] = now;
    }
    this.rows.push({ type: node, given });
    return { before: this.#poseidon(before), after: this.#poseidon(after) };
  }

  /** The hash of a node before the visit that no row stands for. */
  #before(level: number, index: bigint): bigint {
    const hash = this.#level.get(index)?.before ?? this.#known.get(`${level}:${index}`);
    if (hash !== undefined) return hash;
    const empty = this.#empty[level];
    if (empty !== undefined && index << BigInt(2 * level) >= this.#size) return empty;
    throw notShown(`node ${index} of level ${level}`);
  }

  #know(place: bigint, siblings: Siblings): void {
    for (const [level, hashes] of siblings.entries()) {
      const index = place >> BigInt(2 * level);
      const first = index - (index & 3n);
      const others = [0n, 1n, 2n, 3n].filter((child) => first + child !== index);
      for (const [at, child] of others.entries()) {
        const hash = hashes[at];
        if (hash !== undefined) this.#known.set(`${level}:${first + child}`, hash);
      }
    }
  }
}

function flag(value: boolean): bigint {
  return value ? 1n : 0n;
}

function notShown(what: string): StatementRefusedError {
  return new StatementRefusedError("NOT_WITNESSED", `no path of the witness shows ${what}`);
}
