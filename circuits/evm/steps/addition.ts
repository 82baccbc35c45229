import { HALF } from "../../bus/halves.ts";
import { row } from "../../bus/row.ts";
import { beginStep, endStep } from "./step.ts";
import { pop, replace } from "./stack.ts";

const [ADD, SUB] = [0x01, 0x03];

export const addition = row("addition", "ADD and SUB: one + second = sum mod 2^256", (r) => {
  const subtracts = r.flag("subtracts");
  const step = beginStep(r, r.on.times(ADD).plus(subtracts.times(SUB - ADD)));
  const top = pop(r, step, 0, "top");
  const second = pop(r, step, 1, "second");
  const result = { lo: r.given("lo"), hi: r.given("hi") };
  r.range(result.lo, 128);
  r.range(result.hi, 128);
  // ADD: top + second = result. SUB: result + second = top.
  const half = (part: "lo" | "hi"): Record<"one" | "sum", typeof top.lo> => {
    const one = r.choose(subtracts, result[part], top[part]);
    return { one, sum: top[part].plus(result[part]).minus(one) };
  };
  const [lo, hi] = [half("lo"), half("hi")];
  const carryLo = r.flag("carryLo");
  const carryHi = r.flag("carryHi");
  r.equal(lo.one.plus(second.lo), lo.sum.plus(carryLo.times(HALF)), "sum of the lower halves");
  r.equal(
    hi.one.plus(second.hi).plus(carryLo),
    hi.sum.plus(carryHi.times(HALF)),
    "sum of the upper halves, and the carry",
  );
  replace(r, step, 2, result);
  endStep(r, step, { cost: 3, grows: -1 });
});
