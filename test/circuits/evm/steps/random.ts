/** Numbers that follow from a seed (xorshift64*). */
export interface Random {
  bits(count: bigint): bigint;
  /** From 0 to limit - 1. */
  below(limit: number): number;
  of<Item>(items: readonly Item[]): Item;
}

const MASK = (1n << 64n) - 1n;

export function randomGenerator(seed: number): Random {
  let state = (BigInt(seed) * 0x9e3779b97f4a7c15n + 1n) & MASK;
  const next = (): bigint => {
    state ^= state >> 12n;
    state = (state ^ (state << 25n)) & MASK;
    state ^= state >> 27n;
    return (state * 0x2545f4914f6cdd1dn) & MASK;
  };
  const bits = (count: bigint): bigint => {
    let value = 0n;
    for (let have = 0n; have < count; have += 32n) value = (value << 32n) | (next() >> 32n);
    return BigInt.asUintN(Number(count), value);
  };
  const below = (limit: number): number => Number(bits(48n) % BigInt(limit));
  return {
    bits,
    below,
    of: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("nothing to choose from");
      return item;
    },
  };
}
