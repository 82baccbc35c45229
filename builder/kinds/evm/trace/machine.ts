import type { RowType } from "../../../../circuits/bus/row.ts";
import { STEPS } from "../../../../circuits/evm/steps/index.ts";
import { NotYetProvableError } from "./errors.ts";
import { decodeCode, type Instruction } from "./decoded-code.ts";
import type { AttributeName, FrameEnd, FrameStart, Undoings } from "./frame-start.ts";
import { Memory } from "./memory.ts";
import type { RefundEntry, StorageEntry, Tables } from "./tables.ts";
import type { TraceRow } from "./trace-row.ts";
import { operandHalves } from "./words.ts";
import { halves } from "../../../proving/bus/terms.ts";

interface StackItem {
  readonly value: bigint;
  readonly time: bigint;
}

/** What an instruction does, and the row that says so. */
export interface Effect {
  readonly type: RowType;
  /** Beside the state of the machine. */
  readonly given?: Readonly<Record<string, bigint>>;
  readonly cost: bigint;
  readonly pops?: number;
  readonly pushes?: readonly bigint[];
  /** Unless it goes on behind the instruction. */
  readonly pc?: number;
}

/** What a row did to a table. */
export interface Change {
  /** Number of the row among the machine's. */
  readonly row: number;
  /** The entry that it replaced. */
  readonly before: StorageEntry;
}

type Given = Readonly<Record<string, bigint>>;

/** One frame: its stack, memory and gas, and the rows of what it did so far. */
export class Machine {
  readonly start: FrameStart;
  readonly tables: Tables;
  readonly memory = new Memory();
  readonly code: ReadonlyMap<number, Instruction>;
  readonly rows: TraceRow[] = [];
  /** In their order. */
  readonly changes: Change[] = [];
  /** As the frame found it. */
  readonly refund: RefundEntry;
  gas: bigint;
  time: bigint;
  #pc = 0;
  #stack: StackItem[] = [];
  #end: FrameEnd | undefined;

  constructor(start: FrameStart, tables: Tables) {
    this.start = start;
    this.tables = tables;
    this.refund = tables.refund;
    this.code = decodeCode(start.code);
    this.gas = start.gas;
    this.time = start.time;
  }

  get sp(): number {
    return this.#stack.length;
  }

  get pc(): number {
    return this.#pc;
  }

  /** What the frame left on its stack, the lowest first. */
  get stack(): readonly StackItem[] {
    return this.#stack;
  }

  /** Undefined while it runs. */
  get end(): FrameEnd | undefined {
    return this.#end;
  }

  /** @throws {RangeError} where the code has none: only a jump that was not checked leads there. */
  get instruction(): Instruction {
    const instruction = this.code.get(this.#pc);
    if (instruction === undefined) throw new RangeError(`the code has no instruction at ${this.#pc}`);
    return instruction;
  }

  /** @param depth 0 for the top of the stack. */
  peek(depth: number): bigint {
    return this.#item(depth).value;
  }

  /** A word of the stack as a row takes it: both halves and its time. */
  operand(name: string, depth: number): Given {
    const { value, time } = this.#item(depth);
    return { ...operandHalves(name, value), [`${name}Time`]: time };
  }

  /** The time alone, for rows that have the word in another form. */
  operandTime(name: string, depth: number): Given {
    return { [`${name}Time`]: this.#item(depth).time };
  }

  /** An attribute of the frame, or of the statement. */
  attribute(name: AttributeName): bigint {
    return this.start.attributes[name];
  }

  /** Does what an instruction does. */
  step({ type, given = {}, cost, pops = 0, pushes = [], pc }: Effect): void {
    this.#row(type, given);
    if (pops > 0) this.#stack.splice(-pops);
    for (const value of pushes) this.#stack.push({ value, time: this.time });
    this.gas -= cost;
    this.#pc = pc ?? this.#pc + 1 + this.instruction.width;
    this.time++;
  }

  /** DUP: the word at a position is read and stays where it is, and comes on top. */
  copy(type: RowType, depth: number): void {
    const item = this.#item(depth);
    const position = this.sp - 1 - depth;
    this.#row(type, { position: BigInt(position), ...halves(item.value), wordTime: item.time });
    const now = { value: item.value, time: this.time };
    this.#stack[position] = now;
    this.#stack.push(now);
    this.#next(3n);
  }

  /** SWAP: the top and the word at a position change places. */
  exchange(type: RowType, depth: number): void {
    const [top, other] = [this.#item(0), this.#item(depth)];
    const position = this.sp - 1 - depth;
    this.#row(type, {
      position: BigInt(position),
      ...this.operand("top", 0),
      ...this.operand("other", depth),
    });
    this.#stack[position] = { value: top.value, time: this.time };
    this.#stack[this.sp - 1] = { value: other.value, time: this.time };
    this.#next(3n);
  }

  /**
   * Ends the frame with this instruction.
   * @param pops words that its row takes.
   */
  leave(type: RowType, given: Given, pops: number, end: Omit<FrameEnd, "time">): void {
    this.#row(type, given);
    if (pops > 0) this.#stack.splice(-pops);
    this.#end = { ...end, time: this.time };
  }

  /** An exceptional halt. */
  halt(type: RowType, given: Given, pops: number): void {
    this.leave(type, given, pops, { gas: 0n, succeeded: false, output: new Uint8Array() });
  }

  /** Replaces a slot's newest entry by the row made last; undone if the frame is. */
  changeStorage(before: StorageEntry, after: StorageEntry): void {
    this.changes.push({ row: this.rows.length - 1, before });
    this.tables.writeStorage(after);
  }

  /** Rows that belong to no step. */
  add(type: RowType, given: Given): void {
    this.rows.push({ type, given });
  }

  /** @throws {NotYetProvableError} always. */
  refuse(feature: string): never {
    throw new NotYetProvableError(feature, this.#pc);
  }

  #item(depth: number): StackItem {
    const item = this.#stack.at(-1 - depth);
    if (item === undefined) throw new RangeError(`the stack has no word ${depth} below its top`);
    return item;
  }

  #row(type: RowType, given: Given): void {
    const { context, slot } = this.start;
    const state = {
      gas: this.gas,
      context,
      time: this.time,
      sp: BigInt(this.sp),
      pc: BigInt(this.#pc),
      slot,
    };
    this.rows.push({ type, given: { ...state, ...given } });
  }

  #next(cost: bigint): void {
    this.gas -= cost;
    this.#pc++;
    this.time++;
  }
}

/** Rows of what a frame that has ended leaves behind, and of the words of memory that it began. */
export function closingRows(machine: Machine, { count, given: undoings }: Undoings): TraceRow[] {
  const { start, end, memory, stack } = machine;
  if (end === undefined) throw new RangeError("the frame has not ended");
  const { context } = start;
  const fresh = memory.freshWords().map(({ index, word }) => ({
    type: STEPS.freshMemory,
    given: { index: BigInt(index), context, word: BigInt(word) },
  }));
  const left = memory.left.map(([index, { value, time }]) => ({
    type: STEPS.discardMemory,
    given: { context, ...halves(value), time, index: BigInt(index) },
  }));
  const items = stack.map(({ value, time }, position) => ({
    type: STEPS.discardStack,
    given: { context, ...halves(value), time, position: BigInt(position) },
  }));
  const { gas, time, succeeded, output } = end;
  const { words, quotient, sizeTime } = memory.size;
  const given = {
    gas,
    context,
    time,
    succeeded: succeeded ? 1n : 0n,
    length: BigInt(output.length),
    words,
    sizeTime,
    quotient,
    ...undoings,
    count,
    fresh: BigInt((memory.touched.at(-1) ?? -1) + 1),
    discards: BigInt(left.length + items.length),
  };
  return [{ type: STEPS.end, given }, ...fresh, ...left, ...items];
}
