import type { Linear } from "../../bus/linear.ts";
import { inverseOfPower, linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";

const HALF_BITS = 128;
const MIDDLE = 64;
/** What is left of an outer part where the other one reaches beyond the middle: a whole number of limbs. */
const SHORT = 72;

/** Why a sum of an upper and a lower part, cut at one place, is below 2^128. */
export const SIDE_BY_SIDE = "the lower part of a half, raised, beside the upper part of another";

/** A half of a word as two parts, the lower one of so many bits. */
export interface Cut {
  readonly top: Linear;
  readonly rest: Linear;
  /** The lower part where the upper one would be: rest · 2^(128 - bits). */
  readonly raised: Linear;
}

/**
 * `short` bits of a part that has up to 128, and where there may not be more, no more.
 * @returns the part, proven to be below 2^128.
 */
function part(r: RowBuilder, name: string, isShort: Linear): Linear {
  const whole = r.given(name);
  const low = r.hint(`${name} low`, [whole], (value) => value & ((1n << BigInt(SHORT)) - 1n));
  const high = whole.minus(low).times(inverseOfPower(SHORT));
  r.range(low, SHORT);
  r.range(high, HALF_BITS - SHORT);
  r.bounded(whole, (1n << BigInt(HALF_BITS)) - 1n, "low + 2^72·high");
  r.multiply(isShort, high, 0, "a part beside one of 64 bits or more is below 2^72");
  return whole;
}

/** 2^exponent, by its halves: exponents end at 128. */
function powerOf(r: RowBuilder, name: string, exponent: Linear): Linear {
  const lo = r.hint(`${name} lo`, [exponent], (e) => (e < 128n ? 1n << e : 0n));
  const hi = r.hint(`${name} hi`, [exponent], (e) => (e >= 128n && e < 256n ? 1n << (e - 128n) : 0n));
  r.receive("power", { lo, exponent, hi });
  return lo.plus(hi.times(1n << BigInt(HALF_BITS)));
}

/**
 * What shifts, and what begins within a word of memory or calldata, is made of.
 *
 * half = top · 2^exponent + rest holds among integers, since the product stays below the field's order:
 * with an exponent of 64 or more `top` is below 2^72, and with a smaller one below 2^128. Likewise
 * raised = rest · 2^(128 - exponent), which is below 2^128: so rest < 2^exponent.
 *
 * given: top, rest, exponent, reads (how often it is received).
 */
export const cut = row("cut", "half = top · 2^exponent + rest, with rest < 2^exponent", (r) => {
  const exponent = r.given("exponent");
  const power = powerOf(r, "power", exponent);
  const complement = powerOf(r, "complement", linear(HALF_BITS).minus(exponent));
  // 64·far <= exponent <= 63 + 65·far
  const far = r.flagHint("far", [exponent], (e) => (e >= 64n && e <= 128n ? 1n : 0n));
  r.range(exponent.minus(far.times(MIDDLE)), 8);
  r.range(
    linear(MIDDLE - 1)
      .plus(far.times(MIDDLE + 1))
      .minus(exponent),
    8,
  );
  const top = part(r, "top", far);
  const rest = part(r, "rest", r.on.minus(far));
  const raised = r.product(rest, complement);
  r.range(raised, HALF_BITS);
  const half = r.product(top, power).plus(rest);
  r.send("cut", { half, exponent, top, rest, raised }, r.multiplicity("reads"));
});

/**
 * Cuts a half, which is below 2^128, so that `exponent` bits are in the lower part.
 * @param exponent from 0 to 128: that it is one of these integers follows.
 */
export function cutHalf(r: RowBuilder, name: string, half: Linear, exponent: Linear): Cut {
  const of = [half, exponent] as const;
  const bits = (e: bigint): bigint => (e <= BigInt(HALF_BITS) ? e : 0n);
  const restOf = (value: bigint, e: bigint): bigint => value & ((1n << bits(e)) - 1n);
  const top = r.hint(`${name} top`, of, (value, e) => value >> bits(e));
  const rest = r.hint(`${name} rest`, of, restOf);
  const raised = r.hint(
    `${name} raised`,
    of,
    (value, e) => restOf(value, e) << (BigInt(HALF_BITS) - bits(e)),
  );
  r.receive("cut", { half, exponent, top, rest, raised });
  return { top, rest, raised };
}
