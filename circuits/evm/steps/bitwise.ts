import { HALF_MAX } from "../../bus/halves.ts";
import { type Linear, linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { beginStep, endStep } from "./step.ts";
import { pop, replace } from "./stack.ts";

const AND = 0x16;
const LIMB_BITS = 6;
/** 22 limbs are 132 bits: what they sum up to is the half itself, for that is far below the field's order. */
const LIMBS = 22;

/** one & other, limb by limb: every limb is an element of its own in a tuple that the table has. */
function conjunction(r: RowBuilder, one: Linear, other: Linear): Linear {
  let rests = [one, other] as const;
  let sum = linear(0);
  for (let i = 0; i < LIMBS; i++) {
    const at = BigInt(i * LIMB_BITS);
    const limb = (whole: Linear, name: string): Linear =>
      r.hint(`${name} limb ${i}`, [whole], (x) => (x >> at) & 63n);
    const [a, b] = [limb(one, "one"), limb(other, "other")];
    const result = r.hint(`and limb ${i}`, [a, b], (x, y) => x & y);
    r.receive("and", { result, one: a, other: b });
    rests = [rests[0].minus(a.times(1n << at)), rests[1].minus(b.times(1n << at))];
    sum = sum.plus(result.times(1n << at));
  }
  r.equal(rests[0], 0, "the limbs of one are one");
  r.equal(rests[1], 0, "the limbs of the other are the other");
  return sum;
}

export const bitwise = row("bitwise", "AND, OR and XOR", (r) => {
  const [or, xor] = [r.flag("or"), r.flag("xor")];
  r.multiply(or, xor, 0, "one instruction");
  const step = beginStep(r, r.on.times(AND).plus(or).plus(xor.times(2)));
  const [top, second] = [pop(r, step, 0, "top"), pop(r, step, 1, "second")];
  // x | y = x + y - (x & y), x ^ y = x + y - 2 (x & y).
  const half = (part: "lo" | "hi"): Linear => {
    const and = conjunction(r, top[part], second[part]);
    const difference = top[part].plus(second[part]).minus(and.times(2));
    const result = and.plus(r.product(or.plus(xor), difference)).minus(r.product(xor, and));
    r.bounded(result, HALF_MAX, "AND, OR or XOR of numbers below 2^128");
    return result;
  };
  replace(r, step, 2, { lo: half("lo"), hi: half("hi") });
  endStep(r, step, { cost: 3, grows: -1 });
});

export const not = row("not", "NOT", (r) => {
  const step = beginStep(r, 0x19);
  const top = pop(r, step, 0, "top");
  const complement = (half: Linear): Linear => {
    const result = linear(HALF_MAX).minus(half);
    r.bounded(result, HALF_MAX, "the half is below 2^128");
    return result;
  };
  replace(r, step, 1, { lo: complement(top.lo), hi: complement(top.hi) });
  endStep(r, step, { cost: 3 });
});
