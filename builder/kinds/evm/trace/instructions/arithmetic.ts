import { STEPS } from "../../../../../circuits/evm/steps/index.ts";
import type { RowType } from "../../../../../circuits/bus/row.ts";
import { signed, wrap } from "../words.ts";
import { halves } from "../../../../proving/bus/terms.ts";
import { HALF_MAX } from "../../../../../circuits/bus/halves.ts";
import type { Handler, Handlers } from "./handler.ts";

type Given = Readonly<Record<string, bigint>>;

const flag = (value: boolean): bigint => (value ? 1n : 0n);

/** An instruction that replaces the two words on top by one. */
function binary(
  type: RowType,
  compute: (top: bigint, second: bigint) => bigint,
  given: (top: bigint, second: bigint, result: bigint) => Given,
): Handler {
  return (machine) => {
    const [top, second] = [machine.peek(0), machine.peek(1)];
    const result = compute(top, second);
    const operands = { ...machine.operand("top", 0), ...machine.operand("second", 1) };
    machine.step({
      type,
      given: { ...operands, ...given(top, second, result) },
      cost: 3n,
      pops: 2,
      pushes: [result],
    });
  };
}

/** An instruction that replaces the word on top. */
function unary(type: RowType, compute: (top: bigint) => bigint): Handler {
  return (machine) => {
    const result = compute(machine.peek(0));
    machine.step({ type, given: machine.operand("top", 0), cost: 3n, pops: 1, pushes: [result] });
  };
}

/** one + second = sum: the carries out of both halves. */
function carries(one: bigint, second: bigint): Given {
  const low = (one & HALF_MAX) + (second & HALF_MAX);
  return { carryLo: low >> 128n, carryHi: (one + second) >> 256n };
}

/** x - y: whether the lower halves borrow, and x < y. */
function order(x: bigint, y: bigint): Given {
  return { borrow: flag((x & HALF_MAX) < (y & HALF_MAX)), less: flag(x < y) };
}

function comparison(greater: boolean): Handler {
  return binary(
    STEPS.comparison,
    (top, second) => flag(greater ? top > second : top < second),
    (top, second) => ({ greater: flag(greater), ...(greater ? order(second, top) : order(top, second)) }),
  );
}

function signedComparison(greater: boolean): Handler {
  return binary(
    STEPS.signedComparison,
    (top, second) => flag(greater ? signed(top) > signed(second) : signed(top) < signed(second)),
    (top, second) => ({
      greater: flag(greater),
      topSign: top >> 255n,
      secondSign: second >> 255n,
      ...(greater ? order(second, top) : order(top, second)),
    }),
  );
}

function shift(left: boolean): Handler {
  return (machine) => {
    const [amount, value] = [machine.peek(0), machine.peek(1)];
    const result = amount > 255n ? 0n : left ? wrap(value << amount) : value >> amount;
    const [type, whole] =
      amount > 255n ? [STEPS.shiftOut, 0n] : amount > 127n ? [STEPS.shiftFar, 128n] : [STEPS.shift, 0n];
    const of =
      type === STEPS.shiftOut
        ? machine.operand("amount", 0)
        : { amount: amount - whole, ...machine.operandTime("amount", 0) };
    machine.step({
      type,
      given: { left: flag(left), ...of, ...machine.operand("value", 1) },
      cost: 3n,
      pops: 2,
      pushes: [result],
    });
  };
}

export const ARITHMETIC: Handlers = {
  0x01: binary(
    STEPS.addition,
    (top, second) => wrap(top + second),
    (top, second, result) => ({ ...halves(result), ...carries(top, second) }),
  ),
  0x03: binary(
    STEPS.addition,
    (top, second) => wrap(top - second),
    (_, second, result) => ({ subtracts: 1n, ...halves(result), ...carries(result, second) }),
  ),
  0x10: comparison(false),
  0x11: comparison(true),
  0x12: signedComparison(false),
  0x13: signedComparison(true),
  0x14: binary(
    STEPS.equality,
    (top, second) => flag(top === second),
    () => ({}),
  ),
  0x15: unary(STEPS.isZero, (top) => flag(top === 0n)),
  0x16: binary(
    STEPS.bitwise,
    (top, second) => top & second,
    () => ({}),
  ),
  0x17: binary(
    STEPS.bitwise,
    (top, second) => top | second,
    () => ({ or: 1n }),
  ),
  0x18: binary(
    STEPS.bitwise,
    (top, second) => top ^ second,
    () => ({ xor: 1n }),
  ),
  0x19: unary(STEPS.not, (top) => wrap(~top)),
  0x1b: shift(true),
  0x1c: shift(false),
};
