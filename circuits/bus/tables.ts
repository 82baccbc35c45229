import { HALF_MAX } from "./halves.ts";
import type { TupleName } from "./tuples.ts";

/**
 * A table that every proof of a circuit holds: its tuples are constants, each of which is sent as often as
 * the proof commits to. Any number of times is sound: the tuples are true.
 */
export interface Table {
  readonly tuple: TupleName;
  /** The elements of each tuple, e_0 first. */
  readonly rows: readonly (readonly bigint[])[];
  /** The same in circom, of row `i`, where a formula gives them. */
  readonly text?: readonly string[];
}

const LIMB = 1 << 12;
const PART = 1 << 6;

function count(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** All values of 12 bits. */
const range: Table = {
  tuple: "range",
  rows: count(LIMB).map((value) => [BigInt(value)]),
  text: ["i"],
};

/** All pairs of 6 bits with what they have in common. */
const and: Table = {
  tuple: "and",
  rows: count(PART).flatMap((one) =>
    count(PART).map((other) => [BigInt(one & other), BigInt(one), BigInt(other)]),
  ),
  text: [`((i \\ ${PART}) & (i % ${PART}))`, `(i \\ ${PART})`, `(i % ${PART})`],
};

/** 2^0 to 2^255 in halves. */
const power: Table = {
  tuple: "power",
  rows: count(256).map((exponent) => {
    const value = 1n << BigInt(exponent);
    return [value & HALF_MAX, BigInt(exponent), value >> 128n];
  }),
  text: ["(i < 128 ? 1 << i : 0)", "i", "(i < 128 ? 0 : 1 << (i - 128))"],
};

export const TABLES: readonly Table[] = [range, and, power];
