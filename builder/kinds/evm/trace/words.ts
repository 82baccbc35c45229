import { halves } from "../../../proving/bus/terms.ts";

/** The halves of a word, as a row is given them that takes it from the stack. */
export function operandHalves(name: string, word: bigint): Record<string, bigint> {
  const { lo, hi } = halves(word);
  return { [`${name}Lo`]: lo, [`${name}Hi`]: hi };
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
export function wordAt(data: Uint8Array, index: number): bigint {
  const bytes = Buffer.alloc(32);
  bytes.set(data.subarray(index * 32, index * 32 + 32));
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** Where something begins within a word, `within` bytes behind its beginning, as rows are given it. */
export function placeFields(within: bigint): Readonly<Record<"far" | "bytes", bigint>> {
  return { far: within >> 4n, bytes: within & 15n };
}

/** The word that begins `within` bytes behind the beginning of the first of two neighbours. */
export function wordAcross(first: bigint, second: bigint, within: bigint): bigint {
  return wrap(((first << 256n) | second) >> (256n - 8n * within));
}

/** Both neighbours with `word` in them, from there on. */
export function withWordAcross(
  [first, second]: readonly [first: bigint, second: bigint],
  word: bigint,
  within: bigint,
): readonly [first: bigint, second: bigint] {
  const [kept, written] = [256n - 8n * within, 8n * within];
  return [
    ((first >> kept) << kept) | (word >> written),
    wrap(word << kept) | BigInt.asUintN(Number(kept), second),
  ];
}

/** The word with another byte at a place, counted from its beginning. */
export function withByte(word: bigint, byte: bigint, place: bigint): bigint {
  const bits = 8n * (31n - place);
  return word - (((word >> bits) & 0xffn) << bits) + ((byte & 0xffn) << bits);
}
