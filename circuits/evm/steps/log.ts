import { linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";
import { FRAME_ATTRIBUTE } from "../attributes.ts";
import { CLASS } from "../opcodes.ts";
import { expandMemory } from "./expansion.ts";
import { codeRow, endStep, receiveState } from "./step.ts";
import { pop, popAs } from "./stack.ts";

const TOPICS = 4;
/** Gas of LOG0, and of each topic. */
export const LOG_GAS = 375;
export const LOG_BYTE_GAS = 8;

export const log = row("log", "LOG0 to LOG4: the state has no events, so price and pops are all", (r) => {
  const step = receiveState(r);
  const { context, pc, slot, sp } = step;
  const has = Array.from({ length: TOPICS }, (_, index) => r.flag(`has ${index}`));
  const count = has.reduce((sum, flag) => sum.plus(flag), linear(0));
  r.receive("code", { row: codeRow({ place: pc, class: CLASS.log, parameter: count }), slot });
  r.receive("attribute", { lo: 0, context, kind: FRAME_ATTRIBUTE.isStatic, hi: 0 });
  const offset = pop(r, step, 0, "offset");
  const length = r.given("length");
  popAs(r, step, 1, "length", { lo: length, hi: linear(0) });
  has.forEach((flag, index) => {
    if (index > 0) r.multiply(flag, linear(1).minus(has[index - 1] ?? 0), 0, "topics are popped in order");
    pop(r, step, 2 + index, `topic${index}`, flag);
  });
  r.bounded(sp.minus(2).minus(count), 1023n, "the position of the lowest word that it popped");
  const some = r.on.minus(r.isZero(length));
  r.equal(offset.hi, 0, "memory ends before 2^128", some);
  const needed = r.given("needed");
  // The end of memory is proven to be an integer below 2^33, so this holds among integers.
  r.range(needed.times(32).minus(r.product(some, offset.lo)).minus(length), 5);
  const cost = expandMemory(r, step, needed);
  endStep(r, step, {
    cost: cost.plus(count.plus(1).times(LOG_GAS)).plus(length.times(LOG_BYTE_GAS)),
    grows: count.plus(2).times(-1),
  });
});
