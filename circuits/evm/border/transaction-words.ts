import { row } from "../../bus/row.ts";
import { receiveWord, wordNumber } from "./words.ts";

/**
 * A word of the action's data: what it says, L1 says as well. given: index, context (the cursor's); lo, hi.
 */
export const rawWord = row("rawWord", "the word is part of a signed transaction", (r) => {
  const index = r.given("index");
  const context = r.given("context");
  r.receive("rawCursor", { index, context });
  receiveWord(r, "word", index);
  r.send("rawCursor", { index: wordNumber(r, index.plus(1)), context });
});

/**
 * A word of a transaction's calldata.
 *
 * given: action, index, context (the cursor's); lo, hi; reads (how often it is received).
 */
export const transactionWord = row("transactionWord", "the word is this word of the calldata", (r) => {
  const action = r.given("action");
  const index = r.given("index");
  const context = r.given("context");
  r.receive("transactionCursor", { index, action, context });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  r.receive("transactionData", { ...word, action, index });
  r.send("calldata", { ...word, context, index }, r.multiplicity("reads"));
  r.send("transactionCursor", { index: wordNumber(r, index.plus(1)), action, context });
});
