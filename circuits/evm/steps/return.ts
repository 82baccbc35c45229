import { HALF_MAX } from "../../bus/halves.ts";
import { row } from "../../bus/row.ts";
import { linear } from "../../bus/linear.ts";
import { MEMORY_BITS } from "../../bus/tuples.ts";
import { expandMemory } from "./expansion.ts";
import { beginStep, leave } from "./step.ts";
import { pop, popAs } from "./stack.ts";

const [RETURN, REVERT] = [0xf3, 0xfd];

export const returnRow = row("return", "RETURN and REVERT of data that begin at a multiple of 32", (r) => {
  const reverts = r.flag("reverts");
  const step = beginStep(r, r.on.times(RETURN).plus(reverts.times(REVERT - RETURN)));
  const offset = pop(r, step, 0, "offset");
  const length = r.given("length");
  popAs(r, step, 1, "length", { lo: length, hi: linear(0) });
  r.range(length, 32);
  const some = r.on.minus(r.isZero(length));
  const start = r.given("start");
  r.equal(offset.lo, start.times(32), "data begin at a multiple of 32", some);
  r.equal(offset.hi, 0, "memory ends before 2^128", some);
  r.range(start, MEMORY_BITS, some);
  const count = r.given("count");
  // The end of memory is proven to be an integer below 2^33, so this holds among integers.
  r.range(count.times(32).minus(length), 5);
  // An empty range touches no memory, wherever it is.
  const needed = r.product(some, start).plus(count);
  const cost = expandMemory(r, step, needed);
  const { context } = step;
  r.send("returning", { left: length, context, index: 0, memory: start }, some);
  const succeeded = r.on.minus(reverts);
  r.bounded(succeeded, 1n, "reverts is 0 or on");
  leave(r, step, { gas: step.gas.minus(cost), succeeded, length });
});

export const returnWord = row("returnWord", "a word of what the frame returned, all of it", (r) => {
  const [left, context] = [r.given("left"), r.given("context")];
  const [index, memory] = [r.given("index"), r.given("memory")];
  r.receive("returning", { left, context, index, memory });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  // The frame has ended: nothing else will look for it.
  r.receive("memory", { ...word, context, time: r.given("time"), index: memory });
  r.send("returned", { ...word, context, index });
  const rest = left.minus(32);
  r.range(rest, 32);
  const more = r.on.minus(r.isZero(rest));
  r.bounded(index.plus(1), (1n << 32n) - 1n, "a statement has fewer than 2^32 rows");
  r.bounded(memory.plus(1), (1n << 24n) - 1n, "where there is more, it is a word that memory has");
  r.send("returning", { left: rest, context, index: index.plus(1), memory: memory.plus(1) }, more);
});

export const returnLastWord = row("returnLastWord", "the last 1 to 31 bytes that the frame returned", (r) => {
  const [left, context] = [r.given("left"), r.given("context")];
  const [index, memory] = [r.given("index"), r.given("memory")];
  r.receive("returning", { left, context, index, memory });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  r.receive("memory", { ...word, context, time: r.given("time"), index: memory });
  // The half in which the data end: the upper one if there are at most 16 bytes.
  const upper = r.flagHint("upper", [left], (x) => (x <= 16n ? 1n : 0n));
  const kept = left.minus(r.on.minus(upper).times(16));
  r.range(kept.minus(1), 4);
  const half = r.choose(upper, word.hi, word.lo);
  // half = quotient · 2^(8·(16 - kept)) + remainder: below 2^248 + 2^128, so among integers.
  const power = r.hint("power", [kept], (bytes) => 1n << (8n * (16n - bytes)));
  r.receive("power", { lo: power, exponent: linear(16).minus(kept).times(8), hi: 0 });
  const quotient = r.hint("quotient", [half, power], (x, by) => x / (by === 0n ? 1n : by));
  r.range(quotient, 128);
  const cut = r.product(quotient, power);
  const remainder = half.minus(cut);
  r.range(remainder, 128);
  r.range(power.minus(1).minus(remainder), 128);
  const high = word.hi.plus(r.product(upper, cut.minus(word.hi)));
  const low = cut.minus(r.product(upper, cut));
  r.bounded(high, HALF_MAX, "the half, or what is kept of it");
  r.bounded(low, HALF_MAX, "what is kept of the half, or 0");
  r.send("returned", { lo: low, context, index, hi: high });
});
