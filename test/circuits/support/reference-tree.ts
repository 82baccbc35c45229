import type { CircuitInput } from "../../../builder/kinds/kind.ts";

type Hash = (inputs: readonly bigint[]) => bigint;

interface ReferenceLeaf {
  readonly key: bigint;
  readonly nextKey: bigint;
  readonly value: bigint;
}

/**
 * The indexed tree of docs/spec.md section 4 at any depth, recomputed from all leaves each time: slow and
 * plain.
 */
export class ReferenceTree {
  readonly leaves: ReferenceLeaf[] = [{ key: 0n, nextKey: 0n, value: 0n }];
  readonly #depth: number;
  readonly #hash: Hash;

  constructor(depth: number, hash: Hash) {
    this.#depth = depth;
    this.#hash = hash;
  }

  root(): bigint {
    return this.#node(this.#depth, 0);
  }

  /** Performs the upsert and returns the inputs with which TreeWrite follows it. */
  upsert(key: bigint, newValue: bigint): CircuitInput & { readonly present: bigint } {
    const root = this.root();
    const size = BigInt(this.leaves.length);
    const lowIndex = this.leaves.reduce(
      (best, leaf, index) => (leaf.key <= key && leaf.key >= (this.leaves[best]?.key ?? 0n) ? index : best),
      0,
    );
    const low = this.leaves[lowIndex];
    if (low === undefined) throw new Error("a tree has a first leaf");
    const present = low.key === key;
    const lowSiblings = this.#siblings(lowIndex);
    let insertedSiblings = lowSiblings.map((level) => level.map(() => 0n));
    if (present) {
      this.leaves[lowIndex] = { ...low, value: newValue };
    } else if (newValue !== 0n) {
      this.leaves[lowIndex] = { ...low, nextKey: key };
      insertedSiblings = this.#siblings(this.leaves.length);
      this.leaves.push({ key, nextKey: low.nextKey, value: newValue });
    }
    return {
      enabled: 1n,
      present: present ? 1n : 0n,
      key,
      newValue,
      lowKey: low.key,
      lowNextKey: low.nextKey,
      lowValue: low.value,
      lowIndex: BigInt(lowIndex),
      lowSiblings,
      insertedSiblings,
      root,
      size,
    };
  }

  #node(level: number, index: number): bigint {
    if (level === 0) {
      const leaf = this.leaves[index];
      return leaf === undefined ? 0n : this.#hash([leaf.key, leaf.nextKey, leaf.value]);
    }
    return this.#hash([0, 1, 2, 3].map((child) => this.#node(level - 1, 4 * index + child)));
  }

  #siblings(index: number): bigint[][] {
    return Array.from({ length: this.#depth }, (_, level) => {
      const place = Math.floor(index / 4 ** level);
      const first = place - (place % 4);
      return [0, 1, 2, 3]
        .map((child) => first + child)
        .filter((child) => child !== place)
        .map((child) => this.#node(level, child));
    });
  }
}
