import { INVALID, type Opcode, OPCODES } from "../../../../circuits/evm/opcodes.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import { cutRows } from "./cuts.ts";
import type { Instruction } from "./decoded-code.ts";
import { NotYetProvableError } from "./errors.ts";
import type { FrameEnd, FrameStart } from "./frame-start.ts";
import { ARITHMETIC } from "./instructions/arithmetic.ts";
import { CONTROL } from "./instructions/control.ts";
import { ENVIRONMENT } from "./instructions/environment.ts";
import type { Handlers } from "./instructions/handler.ts";
import { MEMORY } from "./instructions/memory.ts";
import { STORAGE } from "./instructions/storage.ts";
import { closingRows, Machine } from "./machine.ts";
import type { Tables } from "./tables.ts";
import type { TraceRow } from "./trace-row.ts";
import { NOTHING_UNDONE, undo } from "./undoing.ts";

const HANDLERS: Handlers = { ...ARITHMETIC, ...CONTROL, ...ENVIRONMENT, ...MEMORY, ...STORAGE };
const BY_CLASS = new Map(OPCODES.map((opcode) => [`${opcode.class}:${opcode.parameter}`, opcode]));
const STACK_LIMIT = 1024;
/** Many more than the proofs of one statement hold: a loop is not played until its gas ends. */
const MAX_ROWS = 20_000;

/** Rows of a frame from its first step on, and how it ended. */
export interface TracedFrame {
  readonly rows: readonly TraceRow[];
  readonly end: FrameEnd;
  /** The frame's attribute `undoing`. */
  readonly undoing: bigint;
}

/**
 * Executes a frame and makes the rows that prove it. It is an interpreter of its own, of what the circuit
 * covers: a trace that does not end as the rollup's own interpreter said is a fault, and tests compare both
 * step by step.
 * @param tables what the transaction has touched so far; the frame's accesses are added.
 * @throws {NotYetProvableError} for an instruction that no row covers.
 */
export async function traceFrame(start: FrameStart, tables: Tables): Promise<TracedFrame> {
  const machine = new Machine(start, tables);
  for (;;) {
    await execute(machine);
    const { end } = machine;
    if (end !== undefined) {
      const undoings = end.succeeded ? NOTHING_UNDONE : await undo(machine, end);
      const rows = [...machine.rows, ...cutRows(machine.rows), ...closingRows(machine, undoings)];
      return { rows, end: { ...end, time: end.time + undoings.count }, undoing: undoings.attribute };
    }
    if (machine.rows.length > MAX_ROWS)
      throw new NotYetProvableError(`more than ${MAX_ROWS} rows of one frame`);
  }
}

/** Executes one instruction. */
export async function execute(machine: Machine): Promise<void> {
  const { instruction } = machine;
  if (instruction.class === INVALID) {
    machine.halt(STEPS.invalid, {}, 0);
    return;
  }
  const opcode = BY_CLASS.get(`${instruction.class}:${instruction.parameter}`);
  if (opcode === undefined) throw new RangeError(`no opcode has the class ${instruction.class}`);
  const reason = haltOf(machine, opcode);
  if (reason !== undefined) {
    machine.halt(STEPS.halt, { ...haltGiven(opcode, instruction), ...reason }, 0);
    return;
  }
  const handler = HANDLERS[instruction.class];
  if (handler === undefined) machine.refuse(opcode.name);
  await handler(machine, instruction);
}

/** Why an instruction halts before it does anything, as the row is told it. */
function haltOf(machine: Machine, opcode: Opcode): Readonly<Record<string, bigint>> | undefined {
  const { gas, pops, pushes, writes } = opcode;
  if (machine.gas < BigInt(gas)) return { unpaid: 1n };
  if (machine.sp < pops) return { lacks: 1n };
  if (machine.sp - pops + pushes > STACK_LIMIT) return { full: 1n };
  return writes && machine.attribute("isStatic") === 1n ? {} : undefined;
}

function haltGiven(opcode: Opcode, { width, value }: Instruction): Readonly<Record<string, bigint>> {
  return {
    least: BigInt(opcode.gas),
    class: BigInt(opcode.class),
    parameter: BigInt(opcode.parameter),
    pops: BigInt(opcode.pops),
    pushes: BigInt(opcode.pushes),
    writes: opcode.writes ? 1n : 0n,
    rest: BigInt(width) | (BigInt.asUintN(128, value) << 16n),
  };
}
