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
