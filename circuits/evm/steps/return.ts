import { HALF_MAX, type Halves } from "../../bus/halves.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { type Linear, linear } from "../../bus/linear.ts";
import { MEMORY_BITS } from "../../bus/tuples.ts";
import { placeWithin, wordAcross } from "./across.ts";
import { cutHalf } from "./cut.ts";
import { expandMemory } from "./expansion.ts";
import { beginStep, leave } from "./step.ts";
import { pop, popAs } from "./stack.ts";

const [RETURN, REVERT] = [0xf3, 0xfd];
const WORD_BYTES = 32;

export const returnRow = row("return", "RETURN and REVERT", (r) => {
  const reverts = r.flag("reverts");
  const step = beginStep(r, r.on.times(RETURN).plus(reverts.times(REVERT - RETURN)));
  const offset = pop(r, step, 0, "offset");
  const length = r.given("length");
  popAs(r, step, 1, "length", { lo: length, hi: linear(0) });
  r.range(length, 32);
  const some = r.on.minus(r.isZero(length));
  const [start, within] = [r.given("start"), r.given("within")];
  r.equal(offset.hi, 0, "memory ends before 2^128", some);
  r.range(start, MEMORY_BITS);
  r.range(within, 5);
  const begins = start.times(WORD_BYTES).plus(within);
  r.equal(offset.lo, begins, "data begin there", some);
  // An empty range touches no memory, wherever it is.
  r.multiply(r.on.minus(some), begins, 0, "nothing begins anywhere where there is nothing");
  const count = r.given("count");
  // The end of memory is proven to be an integer below 2^33, so this holds among integers.
  r.range(count.times(WORD_BYTES).minus(length).minus(within), 5);
  const cost = expandMemory(r, step, start.plus(count));
  const { context, time } = step;
  const across = r.on.minus(r.isZero(within));
  const aligned = some.minus(across);
  r.assertFlag(aligned, "where nothing is returned, nothing begins within a word");
  r.send("returning", { left: length, context, index: 0, memory: start }, aligned);
  r.send("returningAcross", { left: length, context, index: 0, memory: start, within, time }, across);
  const succeeded = r.on.minus(reverts);
  r.bounded(succeeded, 1n, "reverts is 0 or on");
  leave(r, step, { gas: step.gas.minus(cost), succeeded, length });
});

/** Where the next word that is returned begins. */
interface Next {
  readonly index: Linear;
  readonly memory: Linear;
}

function nextWord(r: RowBuilder, { index, memory }: Next): Next {
  const next = { index: index.plus(1), memory: memory.plus(1) };
  r.bounded(next.index, (1n << 32n) - 1n, "a statement has fewer than 2^32 rows");
  r.bounded(next.memory, (1n << 24n) - 1n, "where there is more, it is a word that memory has");
  return next;
}

export const returnWord = row("returnWord", "a word of what the frame returned, all of it", (r) => {
  const [left, context] = [r.given("left"), r.given("context")];
  const [index, memory] = [r.given("index"), r.given("memory")];
  r.receive("returning", { left, context, index, memory });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  // The frame has ended: nothing else will look for it.
  r.receive("memory", { ...word, context, time: r.given("time"), index: memory });
  r.send("returned", { ...word, context, index });
  const rest = left.minus(WORD_BYTES);
  r.range(rest, 32);
  const more = r.on.minus(r.isZero(rest));
  r.send("returning", { left: rest, context, ...nextWord(r, { index, memory }) }, more);
});

/**
 * The first bytes of a word, and zeros for the others.
 * @param bytes from 1 to 32, which this proves.
 */
function firstBytes(r: RowBuilder, { lo, hi }: Halves, bytes: Linear): Halves {
  // The half in which they end: the upper one if there are at most 16 of them.
  const upper = r.flagHint("upper", [bytes], (count) => (count >= 1n && count <= 16n ? 1n : 0n));
  const kept = bytes.minus(r.on.minus(upper).times(16));
  r.range(kept.minus(1), 4);
  const half = r.choose(upper, hi, lo);
  const { rest } = cutHalf(r, "cut", half, linear(16).minus(kept).times(8));
  const end = half.minus(rest);
  const high = r.choose(upper, end, hi);
  const low = end.minus(r.product(upper, end));
  r.bounded(high, HALF_MAX, "the half, or what is kept of it");
  r.bounded(low, HALF_MAX, "what is kept of the half, or 0");
  return { lo: low, hi: high };
}

export const returnLastWord = row("returnLastWord", "the last 1 to 31 bytes that the frame returned", (r) => {
  const [left, context] = [r.given("left"), r.given("context")];
  const [index, memory] = [r.given("index"), r.given("memory")];
  r.receive("returning", { left, context, index, memory });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  r.receive("memory", { ...word, context, time: r.given("time"), index: memory });
  r.send("returned", { ...firstBytes(r, word, left), context, index });
});

export const returnAcross = row(
  "returnAcross",
  "a word of what the frame returned, all of it or the last bytes, that begins within a word of memory",
  (r) => {
    const [left, context, time] = [r.given("left"), r.given("context"), r.given("time")];
    const [index, memory] = [r.given("index"), r.given("memory")];
    const place = placeWithin(r);
    r.receive("returningAcross", { left, context, index, memory, within: place.offset, time });
    const first = { lo: r.given("firstLo"), hi: r.given("firstHi") };
    const second = { lo: r.given("secondLo"), hi: r.given("secondHi") };
    // The first word is taken for good. The second one is looked at when the frame ends, and stays.
    const next = nextWord(r, { index, memory });
    r.receive("memory", { ...first, context, time: r.given("firstTime"), index: memory });
    const old = r.given("secondTime");
    r.receive("memory", { ...second, context, time: old, index: next.memory });
    r.before(old, time);
    r.send("memory", { ...second, context, time, index: next.memory });

    // More than 32 bytes; where there is no more, `firstBytes` takes 1 to 32 of them.
    const more = r.flag("more");
    const rest = left.minus(WORD_BYTES);
    r.range(rest.minus(more), 32, more);
    r.bounded(rest, (1n << 32n) - 1n, "where there is more, from 1 to what was left");
    const bytes = r.choose(more, WORD_BYTES, left);
    const word = firstBytes(r, wordAcross(r, [first, second], place), bytes);
    r.send("returned", { ...word, context, index });
    r.send("returningAcross", { left: rest, context, ...next, within: place.offset, time }, more);
  },
);
