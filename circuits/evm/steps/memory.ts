import type { Halves } from "../../bus/halves.ts";
import { linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import type { Linear } from "../../bus/linear.ts";
import { MEMORY_BITS } from "../../bus/tuples.ts";
import { expandMemory } from "./expansion.ts";
import { beginStep, endStep, type Step } from "./step.ts";
import { pop, popAs, push, replace } from "./stack.ts";

export const freshMemory = row("freshMemory", "a word of memory is 0 at first, and begins once", (r) => {
  const [index, context, word] = [r.given("index"), r.given("context"), r.given("word")];
  r.receive("freshMemory", { index, context });
  r.range(word, MEMORY_BITS);
  // Words are handed out in ascending order, so none twice.
  r.range(word.minus(index), MEMORY_BITS);
  r.send("memory", { lo: 0, context, time: 0, index: word, hi: 0 });
  r.send("freshMemory", { index: word.plus(1), context });
});

/** Pops an offset that is a multiple of 32. */
function popIndex(r: RowBuilder, step: Step): Linear {
  const index = r.given("index");
  popAs(r, step, 0, "offset", { lo: index.times(32), hi: linear(0) });
  return index;
}

/** Replaces a word of memory; it was there before. */
function access(r: RowBuilder, { context, time }: Step, index: Linear, before: Halves, after: Halves): void {
  const old = r.given("wordTime");
  r.receive("memory", { ...before, context, time: old, index });
  r.before(old, time);
  r.send("memory", { ...after, context, time, index });
}

export const mload = row("mload", "MLOAD at a multiple of 32", (r) => {
  const step = beginStep(r, 0x51);
  const index = popIndex(r, step);
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  access(r, step, index, word, word);
  replace(r, step, 1, word);
  endStep(r, step, { cost: expandMemory(r, step, index.plus(1)).plus(3) });
});

export const mstore = row("mstore", "MSTORE at a multiple of 32", (r) => {
  const step = beginStep(r, 0x52);
  const index = popIndex(r, step);
  const value = pop(r, step, 1, "value");
  access(r, step, index, { lo: r.given("oldLo"), hi: r.given("oldHi") }, value);
  endStep(r, step, { cost: expandMemory(r, step, index.plus(1)).plus(3), grows: -2 });
});

export const memorySize = row("memorySize", "MSIZE", (r) => {
  const step = beginStep(r, 0x59);
  const { context, time } = step;
  const [words, quotient, old] = [r.given("words"), r.given("quotient"), r.given("sizeTime")];
  r.receive("memorySize", { words, context, time: old, quotient });
  r.before(old, time);
  r.send("memorySize", { words, context, time, quotient });
  push(r, step, { lo: words.times(32), hi: 0 });
  endStep(r, step, { cost: 2, grows: 1 });
});
