import { row } from "../../bus/row.ts";
import { linear } from "../../bus/linear.ts";
import { beginStep, codeRow, endStep } from "./step.ts";
import { pop, popAs } from "./stack.ts";

const JUMPDEST = 0x5b;

export const jumpdest = row("jumpdest", "JUMPDEST: nothing but its price", (r) => {
  endStep(r, beginStep(r, JUMPDEST), { cost: 1 });
});

export const jump = row("jump", "JUMP to a JUMPDEST of the same code", (r) => {
  const step = beginStep(r, 0x56);
  const target = r.given("target");
  popAs(r, step, 0, "target", { lo: target, hi: linear(0) });
  // Without it the target flows into the class of another row.
  r.range(target, 24);
  r.receive("code", { row: codeRow({ place: target, class: JUMPDEST }), slot: step.slot });
  endStep(r, step, { cost: 8, grows: -1, pc: target });
});

export const jumpi = row("jumpi", "JUMPI: to a JUMPDEST of the same code if the condition is not 0", (r) => {
  const step = beginStep(r, 0x57);
  const target = pop(r, step, 0, "target");
  const condition = pop(r, step, 1, "condition");
  // Halves are below 2^128: their sum is 0 only if both are.
  const taken = r.on.minus(r.isZero(condition.lo.plus(condition.hi)));
  r.equal(target.hi, 0, "a target is below 2^128", taken);
  r.range(target.lo, 24, taken);
  r.receive("code", { row: codeRow({ place: target.lo, class: JUMPDEST }), slot: step.slot }, taken);
  const next = step.pc.plus(1);
  const pc = next.plus(r.product(taken, target.lo.minus(next)));
  r.bounded(pc, (1n << 24n) - 1n, "the next place of the code, or the target, each in range");
  endStep(r, step, { cost: 10, grows: -2, pc });
});
