import { STEPS } from "../../../../../circuits/evm/steps/index.ts";
import { CLASS } from "../../../../../circuits/evm/opcodes.ts";
import type { Machine } from "../machine.ts";
import { operandHalves } from "../words.ts";
import { halves } from "../../../../proving/bus/terms.ts";
import type { Handler, Handlers } from "./handler.ts";

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
  readonly unpaid: Readonly<Record<string, bigint>>;
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
): { given: Readonly<Record<string, bigint>>; cost: bigint } | undefined {
  const most = MEMORY_LIMIT - 1n;
  const { given, cost } = machine.memory.expansion(smaller(needed, most));
  if (needed <= most && cost + price <= machine.gas) return { given, cost: cost + price };
  const row = { ...given, ...machine.operand("offset", 0), needed: smaller(needed, most), ...unpaid };
  machine.halt(STEPS.memoryUnpaid, row, pops);
  machine.memory.expand(smaller(needed, most), machine.time);
  return undefined;
}

/** MLOAD and MSTORE: index of the word, and what they pay; nothing if they cannot. */
function accessed(
  machine: Machine,
  name: "mload" | "mstore",
): { index: number; given: Readonly<Record<string, bigint>>; cost: bigint } | undefined {
  const offset = machine.peek(0);
  const paid = touch(machine, { needed: wordsOf(offset + 32n), price: 3n, unpaid: { [name]: 1n }, pops: 1 });
  if (paid === undefined) return undefined;
  if (offset % 32n !== 0n) machine.refuse(`${name.toUpperCase()} at an offset that is no multiple of 32`);
  const index = offset / 32n;
  return {
    index: Number(index),
    given: { ...paid.given, index, ...machine.operandTime("offset", 0) },
    cost: paid.cost,
  };
}

const mload: Handler = (machine) => {
  const { memory, time } = machine;
  const access = accessed(machine, "mload");
  if (access === undefined) return;
  const { index, cost } = access;
  const word = memory.read(index);
  const given = { ...access.given, ...halves(word.value), wordTime: word.time };
  machine.step({ type: STEPS.mload, given, cost, pops: 1, pushes: [word.value] });
  memory.write(index, word.value, time);
  memory.expand(BigInt(index + 1), time);
};

const mstore: Handler = (machine) => {
  const { memory, time } = machine;
  const access = accessed(machine, "mstore");
  if (access === undefined) return;
  const { index, cost } = access;
  const old = memory.read(index);
  const value = machine.peek(1);
  const operand = machine.operand("value", 1);
  const given = { ...access.given, ...operand, ...operandHalves("old", old.value), wordTime: old.time };
  machine.step({ type: STEPS.mstore, given, cost, pops: 2 });
  memory.write(index, value, time);
  memory.expand(BigInt(index + 1), time);
};

const mstore8: Handler = (machine) => {
  const needed = wordsOf(machine.peek(0) + 1n);
  if (touch(machine, { needed, price: 3n, unpaid: { mstore8: 1n }, pops: 1 }) !== undefined)
    machine.refuse("MSTORE8");
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
    const { memory, start } = machine;
    const { offset, length, needed } = rangeOf(machine);
    const unpaid = { [succeeded ? "return" : "revert"]: 1n, ...machine.operand("length", 1) };
    const paid = touch(machine, { needed, price: 0n, unpaid, pops: 2 });
    if (paid === undefined) return;
    if (length > 0n && offset % 32n !== 0n)
      machine.refuse(`${succeeded ? "RETURN" : "REVERT"} from an offset that is no multiple of 32`);
    const from = length === 0n ? 0n : offset / 32n;
    const given = {
      reverts: succeeded ? 0n : 1n,
      ...machine.operand("offset", 0),
      length,
      ...machine.operandTime("length", 1),
      start: from,
      count: wordsOf(length),
      ...paid.given,
    };
    const output = new Uint8Array(Number(length));
    const gas = machine.gas - paid.cost;
    machine.leave(STEPS.return, given, 2, { gas, succeeded, output });
    memory.expand(needed, machine.time);
    for (let index = 0; BigInt(index) < wordsOf(length); index++) {
      const left = Number(length) - index * 32;
      const place = Number(from) + index;
      const word = memory.take(place);
      const bytes = Buffer.from(word.value.toString(16).padStart(64, "0"), "hex");
      output.set(bytes.subarray(0, Math.min(left, 32)), index * 32);
      machine.add(left < 32 ? STEPS.returnLastWord : STEPS.returnWord, {
        left: BigInt(left),
        context: start.context,
        index: BigInt(index),
        memory: BigInt(place),
        ...halves(word.value),
        time: word.time,
      });
    }
  };
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
