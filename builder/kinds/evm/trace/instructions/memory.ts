import { STEPS } from "../../../../../circuits/evm/steps/index.ts";
import { CLASS } from "../../../../../circuits/evm/opcodes.ts";
import type { Machine } from "../machine.ts";
import type { MemoryWord } from "../memory.ts";
import { operandHalves, placeFields, withByte, withWordAcross, wordAcross } from "../words.ts";
import { halves } from "../../../../proving/bus/terms.ts";
import type { Handler, Handlers } from "./handler.ts";

type Given = Readonly<Record<string, bigint>>;

/** So many words of memory cost more gas than a frame can have. */
const MEMORY_LIMIT = 1n << 24n;

const wordsOf = (bytes: bigint): bigint => (bytes + 31n) / 32n;
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);

/** A class and what tells it apart from others of the row of what cannot be paid. */
interface Touch {
  /** Words that memory needs to have. */
  readonly needed: bigint;
  /** Beside memory. */
  readonly price: bigint;
  readonly unpaid: Given;
  /** Words that that row takes. */
  readonly pops: number;
}

/**
 * Finds what memory costs.
 * @returns nothing if the frame halts since it cannot be paid.
 */
function touch(
  machine: Machine,
  { needed, price, unpaid, pops }: Touch,
): { given: Given; cost: bigint } | undefined {
  const most = MEMORY_LIMIT - 1n;
  const { given, cost } = machine.memory.expansion(smaller(needed, most));
  if (needed <= most && cost + price <= machine.gas) return { given, cost: cost + price };
  const row = { ...given, ...machine.operand("offset", 0), needed: smaller(needed, most), ...unpaid };
  machine.halt(STEPS.memoryUnpaid, row, pops);
  machine.memory.expand(smaller(needed, most), machine.time);
  return undefined;
}

/** What MLOAD and MSTORE touch, and pay. */
interface Access {
  /** The word in which it begins. */
  readonly index: number;
  /** Bytes of it that are in front of that: where there are some, the next word is touched too. */
  readonly within: bigint;
  readonly given: Given;
  readonly cost: bigint;
}

/** @returns nothing if it cannot be paid. */
function accessed(machine: Machine, name: "mload" | "mstore"): Access | undefined {
  const offset = machine.peek(0);
  const paid = touch(machine, { needed: wordsOf(offset + 32n), price: 3n, unpaid: { [name]: 1n }, pops: 1 });
  if (paid === undefined) return undefined;
  const [index, within] = [offset / 32n, offset % 32n];
  const place = within === 0n ? {} : placeFields(within);
  const given = { ...paid.given, index, ...place, ...machine.operandTime("offset", 0) };
  return { index: Number(index), within, given, cost: paid.cost };
}

/** A word of memory as a row finds it. */
function found(name: string, { value, time }: MemoryWord): Given {
  return { ...operandHalves(name, value), [`${name}Time`]: time };
}

const mload: Handler = (machine) => {
  const { memory, time } = machine;
  const access = accessed(machine, "mload");
  if (access === undefined) return;
  const { index, within, cost } = access;
  const word = memory.read(index);
  if (within === 0n) {
    const given = { ...access.given, ...halves(word.value), wordTime: word.time };
    machine.step({ type: STEPS.mload, given, cost, pops: 1, pushes: [word.value] });
  } else {
    const second = memory.read(index + 1);
    const given = { ...access.given, ...found("first", word), ...found("second", second) };
    const pushes = [wordAcross(word.value, second.value, within)];
    machine.step({ type: STEPS.mloadAcross, given, cost, pops: 1, pushes });
    memory.write(index + 1, second.value, time);
  }
  memory.write(index, word.value, time);
  memory.expand(BigInt(index) + (within === 0n ? 1n : 2n), time);
};

const mstore: Handler = (machine) => {
  const { memory, time } = machine;
  const access = accessed(machine, "mstore");
  if (access === undefined) return;
  const { index, within, cost } = access;
  const old = memory.read(index);
  const value = machine.peek(1);
  const operand = machine.operand("value", 1);
  if (within === 0n) {
    const given = { ...access.given, ...operand, ...operandHalves("old", old.value), wordTime: old.time };
    machine.step({ type: STEPS.mstore, given, cost, pops: 2 });
    memory.write(index, value, time);
    memory.expand(BigInt(index + 1), time);
    return;
  }
  const second = memory.read(index + 1);
  const given = { ...access.given, ...operand, ...found("first", old), ...found("second", second) };
  machine.step({ type: STEPS.mstoreAcross, given, cost, pops: 2 });
  const after = withWordAcross([old.value, second.value], value, within);
  memory.write(index, after[0], time);
  memory.write(index + 1, after[1], time);
  memory.expand(BigInt(index + 2), time);
};

const mstore8: Handler = (machine) => {
  const { memory, time } = machine;
  const offset = machine.peek(0);
  const needed = wordsOf(offset + 1n);
  const paid = touch(machine, { needed, price: 3n, unpaid: { mstore8: 1n }, pops: 1 });
  if (paid === undefined) return;
  const [index, place] = [offset / 32n, offset % 32n];
  const old = memory.read(Number(index));
  const given = {
    ...paid.given,
    index,
    ...placeFields(place),
    ...machine.operandTime("offset", 0),
    ...operandHalves("old", old.value),
    wordTime: old.time,
    ...machine.operand("value", 1),
  };
  const after = withByte(old.value, machine.peek(1), place);
  machine.step({ type: STEPS.mstore8, given, cost: paid.cost, pops: 2 });
  memory.write(Number(index), after, time);
  memory.expand(needed, time);
};

/** Offset and length on top of the stack: words that they need. */
function rangeOf(machine: Machine): { offset: bigint; length: bigint; needed: bigint } {
  const [offset, length] = [machine.peek(0), machine.peek(1)];
  return { offset, length, needed: length === 0n ? 0n : wordsOf(offset + length) };
}

const log: Handler = (machine, { parameter }) => {
  const { length, needed } = rangeOf(machine);
  const topics = BigInt(parameter);
  const paid = touch(machine, {
    needed,
    price: 375n * (topics + 1n) + 8n * length,
    pops: 2,
    unpaid: {
      logs: 1n,
      topics,
      bytes: smaller(BigInt.asUintN(128, length), (1n << 32n) - 1n),
      ...machine.operand("length", 1),
    },
  });
  if (paid === undefined) return;
  const given: Record<string, bigint> = {
    ...machine.operand("offset", 0),
    length,
    ...machine.operandTime("length", 1),
    ...paid.given,
    needed,
  };
  for (let topic = 0; topic < parameter; topic++) {
    given[`has ${topic}`] = 1n;
    Object.assign(given, machine.operand(`topic${topic}`, 2 + topic));
  }
  const { time } = machine;
  machine.step({ type: STEPS.log, given, cost: paid.cost, pops: 2 + parameter });
  machine.memory.expand(needed, time);
};

function returns(succeeded: boolean): Handler {
  return (machine) => {
    const { memory } = machine;
    const { offset, length, needed } = rangeOf(machine);
    const unpaid = { [succeeded ? "return" : "revert"]: 1n, ...machine.operand("length", 1) };
    const paid = touch(machine, { needed, price: 0n, unpaid, pops: 2 });
    if (paid === undefined) return;
    const [start, within] = length === 0n ? [0n, 0n] : [offset / 32n, offset % 32n];
    const given = {
      reverts: succeeded ? 0n : 1n,
      ...machine.operand("offset", 0),
      length,
      ...machine.operandTime("length", 1),
      start,
      within,
      count: wordsOf(length + within),
      ...paid.given,
    };
    const output = new Uint8Array(Number(length));
    const gas = machine.gas - paid.cost;
    machine.leave(STEPS.return, given, 2, { gas, succeeded, output });
    memory.expand(needed, machine.time);
    for (let index = 0; BigInt(index) < wordsOf(length); index++) {
      const left = Number(length) - index * 32;
      const word = returned(machine, { left, index, place: Number(start) + index, within });
      const bytes = Buffer.from(word.toString(16).padStart(64, "0"), "hex");
      output.set(bytes.subarray(0, Math.min(left, 32)), index * 32);
    }
  };
}

/** A word of what the frame returned, at first with what stands behind it in memory. */
function returned(
  machine: Machine,
  { left, index, place, within }: Readonly<Record<"left" | "index" | "place", number> & { within: bigint }>,
): bigint {
  const { memory, start, time } = machine;
  const word = memory.take(place);
  const next = {
    left: BigInt(left),
    context: start.context,
    index: BigInt(index),
    memory: BigInt(place),
  };
  if (within === 0n) {
    const type = left < 32 ? STEPS.returnLastWord : STEPS.returnWord;
    machine.add(type, { ...next, ...halves(word.value), time: word.time });
    return word.value;
  }
  const second = memory.read(place + 1);
  memory.write(place + 1, second.value, time);
  machine.add(STEPS.returnAcross, {
    ...next,
    time,
    ...placeFields(within),
    ...found("first", word),
    ...found("second", second),
    more: left > 32 ? 1n : 0n,
  });
  return wordAcross(word.value, second.value, within);
}

export const MEMORY: Handlers = {
  0x51: mload,
  0x52: mstore,
  0x53: mstore8,
  0x59: (machine) => {
    const { memory, time } = machine;
    const { size } = memory;
    machine.step({ type: STEPS.memorySize, given: size, cost: 2n, pushes: [size.words * 32n] });
    memory.expand(0n, time);
  },
  [CLASS.log]: log,
  0xf3: returns(true),
  0xfd: returns(false),
};
