import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";

/** The machine before an instruction. */
export interface Step {
  readonly gas: Linear;
  readonly context: Linear;
  readonly time: Linear;
  readonly sp: Linear;
  readonly pc: Linear;
  readonly slot: Linear;
}

const CLASS_AT = 24;
const PARAMETER_AT = 40;
const WIDTH_AT = 48;
const VALUE_AT = 64;

/** Receives the state of the machine. */
export function receiveState(r: RowBuilder): Step {
  const step = {
    gas: r.given("gas"),
    context: r.given("context"),
    time: r.given("time"),
    sp: r.given("sp"),
    pc: r.given("pc"),
    slot: r.given("slot"),
  };
  r.receive("state", step);
  return step;
}

export interface InstructionParts {
  readonly place: Linear;
  readonly class: Term;
  readonly parameter?: Term;
  readonly width?: Term;
  readonly value?: Term;
}

/**
 * A row of the code. A row that takes parts for variable has to see to it that they cannot flow into their
 * neighbours: the sum alone is looked up.
 */
export function codeRow({ place, class: kind, parameter, width, value }: InstructionParts): Linear {
  const parts: [Term | undefined, number][] = [
    [kind, CLASS_AT],
    [parameter, PARAMETER_AT],
    [width, WIDTH_AT],
    [value, VALUE_AT],
  ];
  return parts.reduce((sum, [part, at]) => (part === undefined ? sum : sum.plus(shifted(part, at))), place);
}

function shifted(part: Term, at: number): Term {
  return typeof part === "object" ? part.times(1n << BigInt(at)) : BigInt(part) << BigInt(at);
}

/** Receives the state, and the code's row at `pc`, which has this class (below 2^16) and nothing else. */
export function beginStep(r: RowBuilder, kind: Term): Step {
  const step = receiveState(r);
  r.receive("code", { row: codeRow({ place: step.pc, class: kind }), slot: step.slot });
  return step;
}

/** The machine after an instruction. */
export interface NextStep {
  /** Gas of the instruction. */
  readonly cost: Term;
  /** What the stack grows by. */
  readonly grows?: Term;
  /** Behind the instruction and its immediate, unless `pc` is given. */
  readonly width?: Term;
  readonly pc?: Linear;
}

/**
 * Sends the next state. `sp` has to be in range by what the row popped and pushed.
 * @throws {RowError} otherwise.
 */
export function endStep(r: RowBuilder, step: Step, { cost, grows = 0, width = 0, pc }: NextStep): void {
  const { gas, context, time, sp, slot } = step;
  const next = pc ?? step.pc.plus(width).plus(1);
  r.bounded(time.plus(1), (1n << 32n) - 1n, "a statement has fewer than 2^32 rows");
  if (pc === undefined)
    r.bounded(next, (1n << 24n) - 1n, "a code has at most 24,576 bytes, and pc is the place of a row of it");
  r.send("state", {
    gas: gas.minus(cost),
    context,
    time: time.plus(1),
    sp: sp.plus(grows),
    pc: next,
    slot,
  });
}

/** How a frame's last instruction leaves it; gas is what is left after it. */
export interface Leaving {
  readonly gas: Term;
  readonly succeeded: Term;
  readonly length: Term;
}

/** Says that the frame's last instruction was this one. */
export function leave(r: RowBuilder, { context, time }: Step, leaving: Leaving): void {
  r.send("leaving", { ...leaving, context, time });
}

/** An exceptional halt: all gas is gone, nothing is returned. */
export function halt(r: RowBuilder, step: Step): void {
  leave(r, step, { gas: 0, succeeded: 0, length: 0 });
}
