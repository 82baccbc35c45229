import { type Linear, linear } from "./linear.ts";
import type { Term } from "./row.ts";

const HALF_BITS = 128;
/** Words of 256 bits are on the bus in halves, each below this. */
export const HALF = 1n << BigInt(HALF_BITS);
/** The greatest half. */
export const HALF_MAX = HALF - 1n;

/** 256 bits as the bus has them. */
export interface Halves {
  readonly lo: Linear;
  readonly hi: Linear;
}

/** hi·2^128 + lo. */
export function wholeOf({ lo, hi }: { readonly lo: Term; readonly hi: Linear }): Linear {
  return hi.times(HALF).plus(linear(lo));
}
