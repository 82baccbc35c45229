import { row } from "../../bus/row.ts";
import { CLASS } from "../opcodes.ts";
import { beginStep, codeRow, endStep, receiveState, type Step } from "./step.ts";
import { pop, push, put, take } from "./stack.ts";
import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";

export const popRow = row("pop", "POP", (r) => {
  const step = beginStep(r, 0x50);
  pop(r, step, 0, "top");
  endStep(r, step, { cost: 2, grows: -1 });
});

/**
 * The parameter is sp less the position, both below 2^11: so it is above -2^11, and a code's row of this
 * class has its own parameter there, from 1 to 16, and nothing else but zeros.
 */
function receiveMove(r: RowBuilder, step: Step, kind: number, parameter: Linear): void {
  const { pc, slot } = step;
  r.receive("code", { row: codeRow({ place: pc, class: kind, parameter }), slot });
}

export const dup = row("dup", "DUP1 to DUP16", (r) => {
  const step = receiveState(r);
  const position = r.given("position");
  receiveMove(r, step, CLASS.dup, step.sp.minus(position));
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  take(r, step, position, word, "word");
  put(r, step, position, word);
  push(r, step, word);
  endStep(r, step, { cost: 3, grows: 1 });
});

export const swap = row("swap", "SWAP1 to SWAP16", (r) => {
  const step = receiveState(r);
  const position = r.given("position");
  receiveMove(r, step, CLASS.swap, step.sp.minus(1).minus(position));
  const top = pop(r, step, 0, "top");
  const other = { lo: r.given("otherLo"), hi: r.given("otherHi") };
  take(r, step, position, other, "other");
  put(r, step, position, top);
  put(r, step, step.sp.minus(1), other);
  endStep(r, step, { cost: 3 });
});
