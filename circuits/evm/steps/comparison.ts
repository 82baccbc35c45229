import { HALF, type Halves } from "../../bus/halves.ts";
import type { Linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { beginStep, endStep } from "./step.ts";
import { pop, replace } from "./stack.ts";

/** The words in the order of the comparison: x < y. */
function ordered(r: RowBuilder, greater: Linear, top: Halves, second: Halves): [x: Halves, y: Halves] {
  const half = (part: "lo" | "hi"): Linear => r.choose(greater, second[part], top[part]);
  const x = { lo: half("lo"), hi: half("hi") };
  const other = (part: "lo" | "hi"): Linear => top[part].plus(second[part]).minus(x[part]);
  return [x, { lo: other("lo"), hi: other("hi") }];
}

/** 1 if x < y, as numbers without sign: x - y + 2^256·less is in [0, 2^256). */
function isLess(r: RowBuilder, x: Halves, y: Halves): Linear {
  const [borrow, less] = [r.flag("borrow"), r.flag("less")];
  r.range(x.lo.minus(y.lo).plus(borrow.times(HALF)), 128);
  r.range(x.hi.minus(y.hi).minus(borrow).plus(less.times(HALF)), 128);
  return less;
}

export const comparison = row("comparison", "LT and GT", (r) => {
  const greater = r.flag("greater");
  const step = beginStep(r, r.on.times(0x10).plus(greater));
  const [x, y] = ordered(r, greater, pop(r, step, 0, "top"), pop(r, step, 1, "second"));
  replace(r, step, 2, { lo: isLess(r, x, y), hi: 0 });
  endStep(r, step, { cost: 3, grows: -1 });
});

export const signedComparison = row("signedComparison", "SLT and SGT", (r) => {
  const greater = r.flag("greater");
  const step = beginStep(r, r.on.times(0x12).plus(greater));
  const [top, second] = [pop(r, step, 0, "top"), pop(r, step, 1, "second")];
  const signs = [sign(r, top, "topSign"), sign(r, second, "secondSign")] as const;
  const [x, y] = ordered(r, greater, top, second);
  const less = isLess(r, x, y);
  // Equal signs: as without sign. Else the order is the other way round.
  const differ = signs[0].plus(signs[1]).minus(r.product(...signs).times(2));
  const result = less.plus(differ).minus(r.product(less, differ).times(2));
  r.bounded(result, 1n, "less XOR differ");
  replace(r, step, 2, { lo: result, hi: 0 });
  endStep(r, step, { cost: 3, grows: -1 });
});

/** The word's highest bit. */
function sign(r: RowBuilder, { hi }: Halves, name: string): Linear {
  const negative = r.flag(name);
  r.range(hi.minus(negative.times(1n << 127n)), 127);
  return negative;
}

export const equality = row("equality", "EQ", (r) => {
  const step = beginStep(r, 0x14);
  const [top, second] = [pop(r, step, 0, "top"), pop(r, step, 1, "second")];
  const same = r.product(r.isZero(top.lo.minus(second.lo)), r.isZero(top.hi.minus(second.hi)));
  replace(r, step, 2, { lo: same, hi: 0 });
  endStep(r, step, { cost: 3, grows: -1 });
});

export const isZero = row("isZero", "ISZERO", (r) => {
  const step = beginStep(r, 0x15);
  const top = pop(r, step, 0, "top");
  // Halves are below 2^128: their sum is 0 only if both are.
  replace(r, step, 1, { lo: r.isZero(top.lo.plus(top.hi)), hi: 0 });
  endStep(r, step, { cost: 3 });
});
