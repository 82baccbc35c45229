import type { Halves } from "../../bus/halves.ts";
import { linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import type { Linear } from "../../bus/linear.ts";
import { MEMORY_BITS } from "../../bus/tuples.ts";
import { type Neighbours, type Place, placeWithin, withByte, withWordAcross, wordAcross } from "./across.ts";
import { expandMemory } from "./expansion.ts";
import { beginStep, endStep, type Step } from "./step.ts";
import { pop, popAs, push, replace } from "./stack.ts";

const [MLOAD, MSTORE, MSTORE8] = [0x51, 0x52, 0x53];

export const freshMemory = row("freshMemory", "a word of memory is 0 at first, and begins once", (r) => {
  const [index, context, word] = [r.given("index"), r.given("context"), r.given("word")];
  r.receive("freshMemory", { index, context });
  r.range(word, MEMORY_BITS);
  // Words are handed out in ascending order, so none twice.
  r.range(word.minus(index), MEMORY_BITS);
  r.send("memory", { lo: 0, context, time: 0, index: word, hi: 0 });
  r.send("freshMemory", { index: word.plus(1), context });
});

function givenWord(r: RowBuilder, name: string): Halves {
  return { lo: r.given(`${name}Lo`), hi: r.given(`${name}Hi`) };
}

/** Pops an offset that is a multiple of 32. */
function popIndex(r: RowBuilder, step: Step): Linear {
  const index = r.given("index");
  popAs(r, step, 0, "offset", { lo: index.times(32), hi: linear(0) });
  return index;
}

/** Replaces a word of memory; it was there before. given: `name`Time. */
function access(
  r: RowBuilder,
  { context, time }: Step,
  name: string,
  index: Linear,
  before: Halves,
  after: Halves,
): void {
  const old = r.given(`${name}Time`);
  r.receive("memory", { ...before, context, time: old, index });
  r.before(old, time);
  r.send("memory", { ...after, context, time, index });
}

export const mload = row("mload", "MLOAD at a multiple of 32", (r) => {
  const step = beginStep(r, MLOAD);
  const index = popIndex(r, step);
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  access(r, step, "word", index, word, word);
  replace(r, step, 1, word);
  endStep(r, step, { cost: expandMemory(r, step, index.plus(1)).plus(3) });
});

export const mstore = row("mstore", "MSTORE at a multiple of 32", (r) => {
  const step = beginStep(r, MSTORE);
  const index = popIndex(r, step);
  const value = pop(r, step, 1, "value");
  access(r, step, "word", index, givenWord(r, "old"), value);
  endStep(r, step, { cost: expandMemory(r, step, index.plus(1)).plus(3), grows: -2 });
});

/** Where an access begins that does not begin at a multiple of 32, and both words that it touches. */
interface Across {
  readonly index: Linear;
  readonly place: Place;
  readonly words: Neighbours;
}

/** Pops an offset that is no multiple of 32. given: index, far, bytes; the words there as found. */
function popAcross(r: RowBuilder, step: Step): Across {
  const index = r.given("index");
  const place = placeWithin(r);
  popAs(r, step, 0, "offset", { lo: index.times(32).plus(place.offset), hi: linear(0) });
  // At the first word's beginning the second one would not be touched, and not be paid for.
  r.range(place.offset.minus(1), 5);
  return { index, place, words: [givenWord(r, "first"), givenWord(r, "second")] };
}

/** Replaces both words. @returns what that costs. */
function accessAcross(r: RowBuilder, step: Step, { index, words }: Across, after: Neighbours): Linear {
  access(r, step, "first", index, words[0], after[0]);
  access(r, step, "second", index.plus(1), words[1], after[1]);
  return expandMemory(r, step, index.plus(2)).plus(3);
}

export const mloadAcross = row("mloadAcross", "MLOAD at another offset: of parts of two words", (r) => {
  const step = beginStep(r, MLOAD);
  const across = popAcross(r, step);
  const { words, place } = across;
  replace(r, step, 1, wordAcross(r, words, place));
  endStep(r, step, { cost: accessAcross(r, step, across, words) });
});

export const mstoreAcross = row("mstoreAcross", "MSTORE at another offset: to parts of two words", (r) => {
  const step = beginStep(r, MSTORE);
  const across = popAcross(r, step);
  const { words, place } = across;
  const after = withWordAcross(r, words, place, pop(r, step, 1, "value"));
  endStep(r, step, { cost: accessAcross(r, step, across, after), grows: -2 });
});

export const mstore8 = row("mstore8", "MSTORE8", (r) => {
  const step = beginStep(r, MSTORE8);
  const index = r.given("index");
  const place = placeWithin(r);
  popAs(r, step, 0, "offset", { lo: index.times(32).plus(place.offset), hi: linear(0) });
  const word = givenWord(r, "old");
  access(r, step, "word", index, word, withByte(r, word, place, pop(r, step, 1, "value")));
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
