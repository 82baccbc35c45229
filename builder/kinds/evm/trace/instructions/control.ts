import { STEPS } from "../../../../../circuits/evm/steps/index.ts";
import { CLASS } from "../../../../../circuits/evm/opcodes.ts";
import type { Machine } from "../machine.ts";
import { halves } from "../../../../proving/bus/terms.ts";
import type { Handler, Handlers } from "./handler.ts";

const JUMPDEST = 0x5b;

const push: Handler = (machine, { width, value }) => {
  const pushes = [value];
  if (width <= 2) {
    const given = { one: width === 1 ? 1n : 0n, two: width === 2 ? 1n : 0n, value };
    machine.step({ type: STEPS.pushShort, given, cost: width === 0 ? 2n : 3n, pushes });
  } else if (width <= 16) {
    machine.step({ type: STEPS.pushNarrow, given: { width: BigInt(width), value }, cost: 3n, pushes });
  } else {
    const given = { width: BigInt(width), ...halves(value) };
    machine.step({ type: STEPS.pushWide, given, cost: 3n, pushes });
  }
};

/** Jumps, or halts by the row that says why there is no JUMPDEST at the target. */
function jumpTo(machine: Machine, target: bigint, go: (target: number) => void): void {
  const place = target < 1n << 24n ? Number(target) : -1;
  const there = machine.code.get(place);
  if (there?.class === JUMPDEST) {
    go(place);
    return;
  }
  const conditional = machine.instruction.class === 0x57;
  const given = {
    conditional: conditional ? 1n : 0n,
    ...machine.operand("target", 0),
    ...(conditional ? machine.operand("condition", 1) : {}),
  };
  const pops = conditional ? 2 : 1;
  const length = machine.start.code.length;
  if (target >= BigInt(length)) {
    machine.halt(STEPS.jumpBeyond, { ...given, length: BigInt(length) }, pops);
  } else if (there !== undefined) {
    const { parameter, width, value } = there;
    const rest = BigInt(parameter) | (BigInt(width) << 8n) | (BigInt.asUintN(128, value) << 24n);
    machine.halt(STEPS.jumpOther, { ...given, class: BigInt(there.class), rest }, pops);
  } else {
    const around = pushAround(machine, place);
    const { place: at, width, value } = around;
    const data = { place: BigInt(at), width: BigInt(width), value: BigInt.asUintN(128, value) };
    machine.halt(STEPS.jumpIntoData, { ...given, ...data }, pops);
  }
}

/** The PUSH whose immediate has the byte. */
function pushAround({ code }: Machine, byte: number): { place: number; width: number; value: bigint } {
  for (let place = byte - 1; place >= byte - 32; place--) {
    const instruction = code.get(place);
    if (instruction !== undefined) return instruction;
  }
  throw new RangeError(`byte ${byte} is of no immediate`);
}

export const CONTROL: Handlers = {
  0x00: (machine) => {
    machine.leave(STEPS.stop, {}, 0, { gas: machine.gas, succeeded: true, output: new Uint8Array() });
  },
  0x50: (machine) => {
    machine.step({ type: STEPS.pop, given: machine.operand("top", 0), cost: 2n, pops: 1 });
  },
  0x56: (machine) => {
    const target = machine.peek(0);
    jumpTo(machine, target, (pc) => {
      const given = { target, ...machine.operandTime("target", 0) };
      machine.step({ type: STEPS.jump, given, cost: 8n, pops: 1, pc });
    });
  },
  0x57: (machine) => {
    const given = { ...machine.operand("target", 0), ...machine.operand("condition", 1) };
    const effect = { type: STEPS.jumpi, given, cost: 10n, pops: 2 };
    if (machine.peek(1) === 0n) machine.step(effect);
    else
      jumpTo(machine, machine.peek(0), (pc) => {
        machine.step({ ...effect, pc });
      });
  },
  0x5b: (machine) => {
    machine.step({ type: STEPS.jumpdest, cost: 1n });
  },
  [CLASS.push]: push,
  [CLASS.dup]: (machine, { parameter }) => {
    machine.copy(STEPS.dup, parameter - 1);
  },
  [CLASS.swap]: (machine, { parameter }) => {
    machine.exchange(STEPS.swap, parameter);
  },
};
