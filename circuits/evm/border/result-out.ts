import { ActionKind } from "../../../builder/protocol/action.ts";
import { row } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { dataIndex, receiveNoTransfer, receivePacked, receiveRollup, wordNumber, wordsOf } from "./words.ts";

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

  receiveNoTransfer(r, index);
  const rollup = receiveRollup(r);
  const failed = r.on.minus(succeeded);
  r.bounded(failed, 1n, "succeeded is 0 or 1");
  const { chain: to } = operation;
  receivePacked(r, index, { kind: ActionKind.RESULT, failed, from: rollup, to, length });
  const keeps = r.product(succeeded, r.on.minus(operation.isStatic));
  r.receive("attribute", { context: STATEMENT_CONTEXT, kind: STATEMENT_ATTRIBUTE.keeps, lo: keeps, hi: 0 });

  const words = wordsOf(r, length);
  const data = dataIndex(r, index);
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
