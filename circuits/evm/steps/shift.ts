import { HALF_MAX, wholeOf } from "../../bus/halves.ts";
import { type Linear, linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { beginStep, endStep, type Step } from "./step.ts";
import { pop, popAs, replace } from "./stack.ts";

const [SHL, SHR] = [0x1b, 0x1c];

/** Where halves are cut: power = 2^exponent, complement = 2^(128 - exponent). */
interface Cut {
  readonly power: Linear;
  readonly complement: Linear;
  /** 1 where the exponent is 64 or more. */
  readonly far: Linear;
}

/** @param exponent from 0 to 128. */
function cutAt(r: RowBuilder, exponent: Linear): Cut {
  const powerOf = (name: string, of: Linear): Linear => {
    const hi = r.hint(`${name} hi`, [of], (e) => (e >= 128n && e < 256n ? 1n << (e - 128n) : 0n));
    const lo = r.hint(`${name} lo`, [of], (e) => (e < 128n ? 1n << e : 0n));
    r.receive("power", { lo, exponent: of, hi });
    return wholeOf({ lo, hi });
  };
  const power = powerOf("power", exponent);
  const complement = powerOf("complement", linear(128).minus(exponent));
  const far = r.flagHint("far", [exponent], (e) => (e >= 64n && e <= 128n ? 1n : 0n));
  // exponent <= 64·far + 64
  r.range(linear(64).plus(far.times(64)).minus(exponent), 8);
  return { power, complement, far };
}

/**
 * half = quotient · power + remainder, remainder < power, among integers: the quotient is below
 * 2^(128 - 64·far) and the power at most 2^(64 + 64·far), so the product stays below the field's order.
 */
function split(
  r: RowBuilder,
  half: Linear,
  { power, far }: Cut,
): { readonly quotient: Linear; readonly remainder: Linear } {
  const of = [half, power] as const;
  const divide = (x: bigint, by: bigint): bigint => x / (by === 0n ? 1n : by);
  const low = r.hint("quotient low", of, (x, by) => divide(x, by) % (1n << 64n));
  const high = r.hint("quotient high", of, (x, by) => divide(x, by) >> 64n);
  r.range(low, 64);
  r.range(high, 64);
  r.multiply(far, high, 0, "a quotient by 2^64 or more is below 2^64");
  const quotient = low.plus(high.times(1n << 64n));
  const remainder = half.minus(r.product(quotient, power));
  r.range(remainder, 128);
  r.range(power.minus(1).minus(remainder), 128);
  return { quotient, remainder };
}

interface Shift {
  readonly step: Step;
  readonly left: Linear;
  /** Of the amount's remainder mod 128. */
  readonly cut: Cut;
}

/** @param whole 128 for amounts from 128 to 255, else 0. */
function beginShift(r: RowBuilder, whole: number): Shift {
  const left = r.flag("left");
  const step = beginStep(r, r.on.times(SHR).plus(left.times(SHL - SHR)));
  const amount = r.given("amount");
  popAs(r, step, 0, "amount", { lo: amount.plus(whole), hi: linear(0) });
  // Below 128: an amount has one row type.
  r.range(amount, 7);
  // What a shift to the left by n keeps of a half is the remainder by 2^(128 - n).
  return { step, left, cut: cutAt(r, r.choose(left, linear(128).minus(amount), amount)) };
}

export const shift = row("shift", "SHL and SHR by less than 128", (r) => {
  const { step, left, cut } = beginShift(r, 0);
  const value = pop(r, step, 1, "value");
  const [lo, hi] = [split(r, value.lo, cut), split(r, value.hi, cut)];
  const risen = r.product(hi.remainder, cut.complement);
  // SHR: hi' = hi.quotient, lo' = lo.quotient + risen. SHL: hi' = risen + lo.quotient, lo' = low.
  const low = r.product(lo.remainder, cut.complement);
  const across = risen.plus(lo.quotient);
  const resultHi = r.choose(left, across, hi.quotient);
  const resultLo = r.choose(left, low, across);
  for (const result of [resultHi, resultLo])
    r.bounded(result, HALF_MAX, "remainder < power, quotient < complement, and power · complement = 2^128");
  replace(r, step, 2, { lo: resultLo, hi: resultHi });
  endStep(r, step, { cost: 3, grows: -1 });
});

export const shiftFar = row("shiftFar", "SHL and SHR by 128 to 255", (r) => {
  const { step, left, cut } = beginShift(r, 128);
  const value = pop(r, step, 1, "value");
  const { quotient, remainder } = split(r, r.choose(left, value.lo, value.hi), cut);
  const high = r.product(left, r.product(remainder, cut.complement));
  const low = quotient.minus(r.product(left, quotient));
  for (const result of [high, low])
    r.bounded(result, HALF_MAX, "remainder < power, quotient < complement, and power · complement = 2^128");
  replace(r, step, 2, { lo: low, hi: high });
  endStep(r, step, { cost: 3, grows: -1 });
});

export const shiftOut = row("shiftOut", "SHL and SHR by 256 or more: 0", (r) => {
  const left = r.flag("left");
  const step = beginStep(r, r.on.times(SHR).plus(left.times(SHL - SHR)));
  const amount = pop(r, step, 0, "amount");
  r.range(amount.lo.minus(256), 128, r.isZero(amount.hi));
  pop(r, step, 1, "value");
  replace(r, step, 2, { lo: 0, hi: 0 });
  endStep(r, step, { cost: 3, grows: -1 });
});
