import { row, type RowBuilder, type Term } from "../../bus/row.ts";
import type { Linear } from "../../bus/linear.ts";
import { CLASS, CONTENT } from "../opcodes.ts";
import { codeRow, endStep, receiveState } from "./step.ts";
import { push } from "./stack.ts";

/** width and value are in their ranges: else the sum could be the row of another instruction. */
function pushes(r: RowBuilder, width: Term, lo: Linear, cost: Term, immediateHigh?: Linear): void {
  const step = receiveState(r);
  const { pc, slot } = step;
  const row = codeRow({ place: pc, class: CLASS.push, parameter: width, width, value: lo });
  r.receive("code", { row, slot });
  if (immediateHigh !== undefined)
    r.receive("code", {
      row: codeRow({ place: pc, class: CONTENT.immediateHigh, value: immediateHigh }),
      slot,
    });
  push(r, step, { lo, hi: immediateHigh ?? 0 });
  endStep(r, step, { cost, width, grows: 1 });
}

export const pushShort = row("pushShort", "PUSH0, PUSH1, PUSH2", (r) => {
  const [one, two] = [r.flag("one"), r.flag("two")];
  r.multiply(one, two, 0, "one width");
  const value = r.given("value");
  r.range(value, 16);
  pushes(r, one.plus(two.times(2)), value, one.plus(two).plus(2));
});

export const pushNarrow = row("pushNarrow", "PUSH1 to PUSH16", (r) => {
  const [width, value] = [r.given("width"), r.given("value")];
  r.range(r.on.times(16).minus(width), 4);
  r.bounded(width, 16n, "16 - width is in [0, 16)");
  r.range(value, 128);
  pushes(r, width, value, 3);
});

export const pushWide = row("pushWide", "PUSH17 to PUSH32: the upper half is a row of its own", (r) => {
  const [width, lo, hi] = [r.given("width"), r.given("lo"), r.given("hi")];
  r.range(width.minus(17), 4);
  r.bounded(width, 32n, "width - 17 is in [0, 16)");
  r.range(lo, 128);
  r.range(hi, 128);
  pushes(r, width, lo, 3, hi);
});
