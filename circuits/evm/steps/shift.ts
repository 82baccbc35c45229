import { HALF_MAX } from "../../bus/halves.ts";
import { type Linear, linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { cutHalf, SIDE_BY_SIDE } from "./cut.ts";
import { beginStep, endStep, type Step } from "./step.ts";
import { pop, popAs, replace } from "./stack.ts";

const [SHL, SHR] = [0x1b, 0x1c];

interface Shift {
  readonly step: Step;
  readonly left: Linear;
  /** Where halves are cut, by the amount's remainder mod 128. */
  readonly exponent: Linear;
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
  return { step, left, exponent: r.choose(left, linear(128).minus(amount), amount) };
}

export const shift = row("shift", "SHL and SHR by less than 128", (r) => {
  const { step, left, exponent } = beginShift(r, 0);
  const value = pop(r, step, 1, "value");
  const [hi, lo] = [cutHalf(r, "hi", value.hi, exponent), cutHalf(r, "lo", value.lo, exponent)];
  // SHR: hi' = hi.top, lo' = across. SHL: hi' = across, lo' = lo.raised.
  const across = hi.raised.plus(lo.top);
  const resultHi = r.choose(left, across, hi.top);
  const resultLo = r.choose(left, lo.raised, across);
  for (const result of [resultHi, resultLo]) r.bounded(result, HALF_MAX, SIDE_BY_SIDE);
  replace(r, step, 2, { lo: resultLo, hi: resultHi });
  endStep(r, step, { cost: 3, grows: -1 });
});

export const shiftFar = row("shiftFar", "SHL and SHR by 128 to 255", (r) => {
  const { step, left, exponent } = beginShift(r, 128);
  const value = pop(r, step, 1, "value");
  const { top, raised } = cutHalf(r, "half", r.choose(left, value.lo, value.hi), exponent);
  const high = r.product(left, raised);
  const low = top.minus(r.product(left, top));
  for (const result of [high, low]) r.bounded(result, HALF_MAX, "a part of a half, or 0");
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
