import { row } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { ACTION_WORDS, packedWord, receiveConstant, receiveWord, wordNumber, wordsOf } from "./words.ts";

const RESULT = 1;

/**
 * The RESULT of a CALL that came in, once its frame has ended. It begins the visit and ends it: so the
 * visit's effects last if it succeeded and is not static.
 *
 * given: index, number, context, chain, isStatic (of the operation); packed lo and hi; rollup; gas, time,
 * succeeded, length (of the frame's end); refund, refundTime (of the counter).
 */
export const resultOut = row("resultOut", "the RESULT says what the frame returned", (r) => {
  const index = r.given("index");
  const number = r.given("number");
  const context = r.given("context");
  const operation = { chain: r.given("chain"), isStatic: r.given("isStatic") };
  r.receive("operation", { index, number, context, ...operation });

  const time = r.given("time");
  const succeeded = r.given("succeeded");
  const length = r.given("length");
  r.receive("ended", { gas: r.given("gas"), context, time, succeeded, length });
  r.receive("refund", { value: r.given("refund"), time: r.given("refundTime") });

  const packed = receiveWord(r, "packed", index);
  for (const field of [1, 2, 3]) receiveConstant(r, 0n, wordNumber(r, index.plus(field)));
  const rollup = r.given("rollup");
  const attribute = { context: STATEMENT_CONTEXT, hi: 0 };
  r.receive("attribute", { ...attribute, kind: STATEMENT_ATTRIBUTE.rollup, lo: rollup });
  r.bounded(rollup, (1n << 64n) - 1n, "L1's ids of rollups are");
  const failed = r.on.minus(succeeded);
  r.bounded(failed, 1n, "succeeded is 0 or 1");
  const expected = packedWord(r, { kind: RESULT, failed, from: rollup, to: operation.chain, length });
  r.equal(packed.lo, expected.lo, "the packed word is that of a RESULT with these fields");
  r.equal(packed.hi, expected.hi, "the packed word is that of a RESULT with these fields, upper half");
  const keeps = r.product(succeeded, r.on.minus(operation.isStatic));
  r.receive("attribute", { ...attribute, kind: STATEMENT_ATTRIBUTE.keeps, lo: keeps });

  const words = wordsOf(r, length);
  const data = wordNumber(r, index.plus(ACTION_WORDS));
  const end = wordNumber(r, data.plus(words));
  r.send("resultCursor", { index: data, number: 0, context });
  r.receive("resultCursor", { index: end, number: words, context });
  const next = { time: time.plus(1), context: context.plus(1) };
  r.bounded(next.time, (1n << 32n) - 1n, "time is the number of what was done, far below 2^32");
  r.bounded(next.context, (1n << 24n) - 1n, "fewer frames than time");
  r.send("cursor", { index: end, number: wordNumber(r, number.plus(1)), ...next });
});

/**
 * A word of a RESULT's data.
 *
 * given: index, number, context (the cursor's); lo, hi.
 */
export const resultWord = row("resultWord", "the word is this word of what the frame returned", (r) => {
  const index = r.given("index");
  const number = r.given("number");
  const context = r.given("context");
  r.receive("resultCursor", { index, number, context });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  r.receive("word", { ...word, index });
  r.receive("returned", { ...word, context, index: number });
  const next = { index: wordNumber(r, index.plus(1)), number: wordNumber(r, number.plus(1)) };
  r.send("resultCursor", { ...next, context });
});
