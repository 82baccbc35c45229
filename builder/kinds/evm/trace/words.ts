const HALF_MASK = (1n << 128n) - 1n;
const WORD = 1n << 256n;

/** The halves of a word, as a row is given them. */
export function halves(name: string, word: bigint): Record<string, bigint> {
  return name === ""
    ? { lo: word & HALF_MASK, hi: word >> 128n }
    : { [`${name}Lo`]: word & HALF_MASK, [`${name}Hi`]: word >> 128n };
}

/** The representative in [0, 2^256). */
export function wrap(value: bigint): bigint {
  return BigInt.asUintN(256, value);
}

/** As a number with a sign. */
export function signed(word: bigint): bigint {
  return BigInt.asIntN(256, word);
}

/** Word `index` of data that go on with zeros. */
export function wordOf(data: Uint8Array, index: number): bigint {
  const bytes = Buffer.alloc(32);
  bytes.set(data.subarray(index * 32, index * 32 + 32));
  return BigInt(`0x${bytes.toString("hex")}`);
}

export const MAX_WORD = WORD - 1n;
export { HALF_MASK };
