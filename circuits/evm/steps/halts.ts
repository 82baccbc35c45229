import { linear, type Linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { FRAME_ATTRIBUTE } from "../attributes.ts";
import { CLASS, CONTENT, INVALID } from "../opcodes.ts";
import { expandMemory } from "./expansion.ts";
import { beginStep, codeRow, halt, receiveState, type Step } from "./step.ts";
import { receiveSlot, sloadCost, sstorePrice } from "./storage.ts";
import { LOG_BYTE_GAS, LOG_GAS } from "./log.ts";
import { pop } from "./stack.ts";

/*
 * All exceptional halts have one outcome, so a row has to prove that a halt was due, not which one the EVM
 * names first.
 */

const STACK_LIMIT = 1024;

export const invalid = row("invalid", "INVALID, and opcodes that Osaka does not define", (r) => {
  halt(r, beginStep(r, INVALID));
});

export const haltRow = row(
  "halt",
  "an instruction that cannot be paid, lacks words, has no room on the stack, or may not write",
  (r) => {
    const step = receiveState(r);
    const { gas, context, sp, pc, slot } = step;
    const opcode = {
      gas: r.given("least"),
      class: r.given("class"),
      parameter: r.given("parameter"),
      pops: r.given("pops"),
      pushes: r.given("pushes"),
      writes: r.given("writes"),
    };
    r.receive("opcode", opcode);
    const rest = r.given("rest");
    r.range(rest, 144);
    // Width and value are the code's: parts that are in range add up to one row only.
    const instruction = codeRow({ place: pc, class: opcode.class, parameter: opcode.parameter, width: rest });
    r.receive("code", { row: instruction, slot });

    const [unpaid, lacks, full] = [r.flag("unpaid"), r.flag("lacks"), r.flag("full")];
    const forbidden = linear(1).minus(unpaid).minus(lacks).minus(full);
    r.assertFlag(forbidden, "one reason");
    const excess = r
      .product(unpaid, opcode.gas.minus(1).minus(gas))
      .plus(r.product(lacks, opcode.pops.minus(1).minus(sp)))
      .plus(
        r.product(
          full,
          sp
            .minus(opcode.pops)
            .plus(opcode.pushes)
            .minus(STACK_LIMIT + 1),
        ),
      );
    r.range(excess, 40);
    r.multiply(forbidden, linear(1).minus(opcode.writes), 0, "only what writes is forbidden");
    r.receive("attribute", { lo: 1, context, kind: FRAME_ATTRIBUTE.isStatic, hi: 0 }, forbidden);
    halt(r, step);
  },
);

/** JUMP, or JUMPI with a condition that is not 0. */
function receiveJump(r: RowBuilder): { step: Step; target: { lo: Linear; hi: Linear } } {
  const conditional = r.flag("conditional");
  const step = beginStep(r, r.on.times(0x56).plus(conditional));
  const target = pop(r, step, 0, "target");
  const condition = pop(r, step, 1, "condition", conditional);
  r.multiply(
    conditional,
    r.isZero(condition.lo.plus(condition.hi)),
    0,
    "a JUMPI whose condition is 0 goes on, wherever its target is",
  );
  return { step, target };
}

export const jumpBeyond = row("jumpBeyond", "a jump behind the end of the code", (r) => {
  const { step, target } = receiveJump(r);
  const length = r.given("length");
  r.range(length, 24);
  r.receive("code", { row: codeRow({ place: length, class: CONTENT.length }), slot: step.slot });
  r.range(target.lo.minus(length), 128, r.isZero(target.hi));
  halt(r, step);
});

export const jumpOther = row("jumpOther", "a jump to an instruction that is no JUMPDEST", (r) => {
  const { step, target } = receiveJump(r);
  r.equal(target.hi, 0, "a place is below 2^128");
  r.range(target.lo, 24);
  const kind = r.given("class");
  const rest = r.given("rest");
  // Not a row of contents, whose place is no place of an instruction.
  r.range(kind, 8);
  r.range(rest, 152);
  r.receive("code", {
    row: codeRow({ place: target.lo, class: kind, parameter: rest }),
    slot: step.slot,
  });
  r.multiply(r.isZero(kind.minus(0x5b)), 1, 0, "it is no JUMPDEST");
  halt(r, step);
});

export const jumpIntoData = row("jumpIntoData", "a jump into the immediate of a PUSH", (r) => {
  const { step, target } = receiveJump(r);
  r.equal(target.hi, 0, "a place is below 2^128");
  const [place, width, value] = [r.given("place"), r.given("width"), r.given("value")];
  r.range(place, 24);
  r.range(width, 8);
  r.range(value, 128);
  r.receive("code", {
    row: codeRow({ place, class: CLASS.push, parameter: width, width, value }),
    slot: step.slot,
  });
  // place < target <= place + width
  r.range(target.lo.minus(place).minus(1), 8);
  r.range(place.plus(width).minus(target.lo), 8);
  halt(r, step);
});

/** The cost, below 2^40, is more than the gas that is left. */
function unpaid(r: RowBuilder, step: Step, cost: Linear): void {
  r.range(cost.minus(1).minus(step.gas), 40);
  halt(r, step);
}

export const sloadUnpaid = row("sloadUnpaid", "an SLOAD that cannot be paid", (r) => {
  const step = beginStep(r, 0x54);
  const slot = receiveSlot(r, step, pop(r, step, 0, "slot"));
  slot.leave();
  unpaid(r, step, sloadCost(slot));
});

export const sstoreUnpaid = row("sstoreUnpaid", "an SSTORE that cannot be paid", (r) => {
  const step = beginStep(r, 0x55);
  const slot = receiveSlot(r, step, pop(r, step, 0, "slot"));
  slot.leave();
  unpaid(r, step, sstorePrice(r, slot, pop(r, step, 1, "value")).cost);
});

/** Opcodes with (offset, length) on top of the stack, and those with an offset and a length of their own. */
const RANGED = { return: 0xf3, revert: 0xfd };
const SINGLE = { mload: 0x51, mstore: 0x52, mstore8: 0x53 };

export const memoryUnpaid = row(
  "memoryUnpaid",
  "MLOAD, MSTORE, MSTORE8, RETURN, REVERT or LOG whose memory cannot be paid",
  (r) => {
    const step = receiveState(r);
    const logs = r.flag("logs");
    const topics = r.given("topics");
    r.range(topics, 4);
    r.multiply(linear(1).minus(logs), topics, 0, "topics are of LOG");
    let kind = logs.times(CLASS.log);
    let length = linear(0);
    let single = linear(0);
    let chosen = logs;
    let ranged = logs;
    for (const [name, opcode] of Object.entries(RANGED)) {
      const is = r.flag(name);
      kind = kind.plus(is.times(opcode));
      chosen = chosen.plus(is);
      ranged = ranged.plus(is);
    }
    for (const [name, opcode] of Object.entries(SINGLE)) {
      const is = r.flag(name);
      kind = kind.plus(is.times(opcode));
      chosen = chosen.plus(is);
      single = single.plus(is);
      length = length.plus(is.times(name === "mstore8" ? 1 : 32));
    }
    r.equal(chosen, 1, "one instruction");
    r.assertFlag(ranged, "one instruction");
    const { pc, slot } = step;
    r.receive("code", { row: codeRow({ place: pc, class: kind, parameter: topics }), slot });
    const offset = pop(r, step, 0, "offset");
    const size = pop(r, step, 1, "length", ranged);
    const [lo, hi] = [r.product(ranged, size.lo), r.product(ranged, size.hi)];
    length = length.plus(lo);
    // Nothing is touched by a length of 0.
    r.multiply(r.isZero(length.plus(hi)), 1, 0, "there is something to touch");
    // The memory that is needed has more than `needed - 1` words; where it ends behind 2^128, any number.
    const needed = r.given("needed");
    r.range(needed, 24);
    const near = r.isZero(offset.hi.plus(hi));
    r.range(offset.lo.plus(length).minus(needed.minus(1).times(32)).minus(1), 132, near);
    // Of what LOG pays for each byte, as much as fits: at most its length.
    const bytes = r.given("bytes");
    r.range(bytes, 32);
    r.multiply(linear(1).minus(logs), bytes, 0, "only LOG pays for bytes");
    r.range(size.lo.minus(bytes), 128, logs);
    const price = single.times(3).plus(topics.plus(logs).times(LOG_GAS)).plus(bytes.times(LOG_BYTE_GAS));
    unpaid(r, step, expandMemory(r, step, needed).plus(price));
  },
);
