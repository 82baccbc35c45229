import { ActionKind } from "../../../builder/protocol/action.ts";
import { linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { receiveAccount, sendAccount } from "./accounts.ts";
import { isAtLeast } from "./at-least.ts";
import { dataIndex, receiveNoTransfer, receivePacked, receiveRollup, wordNumber, wordsOf } from "./words.ts";

/** EIP-3529: of the gas that was used, a fifth at most is given back. */
export const REFUND_QUOTIENT = 5;
const GAS_BITS = 64;
/** In the RESULT's word, the one byte that says that the transaction succeeded. */
const SUCCESS_BYTE = 1n << 120n;

/**
 * The RESULT of an L2TX once its frame has ended: one byte, 1 if it succeeded, 0 if it reverted. The signer
 * gets back what was not used, and the zero address, for it is the block's coinbase, what was.
 *
 * The RESULT of one that is not valid has failed and is empty; nothing of the rest happens.
 *
 * given: index, number, context, start, signer, gasLimit, price, floor, valid, succeeds (of the payment);
 * packed lo and hi, rollup; gas, time, length (of the frame's end); refund, refundTime (of the counter);
 * payer, coinbase: the accounts as found.
 */
export const transactionOut = row(
  "transactionOut",
  "the RESULT says whether the transaction succeeded",
  (r) => {
    const index = r.given("index");
    const number = r.given("number");
    const context = r.given("context");
    const start = r.given("start");
    const signer = r.given("signer");
    const gasLimit = r.given("gasLimit");
    const price = r.given("price");
    const floor = r.given("floor");
    const valid = r.flag("valid");
    const succeeds = r.flag("succeeds");
    const payment = { index, number, context, time: start, signer, gasLimit, price, floor, valid, succeeds };
    r.receive("payment", payment);

    // The frame's end, and what it returned, which is told to no chain.
    const time = r.given("time");
    const gas = r.given("gas");
    const length = r.given("length");
    r.receive("ended", { gas, context, time, succeeded: succeeds, length }, valid);
    const isInvalid = r.on.minus(valid);
    r.equal(time, start, "without a frame no time goes by", isInvalid);
    r.equal(length, 0, "and nothing is returned", isInvalid);
    const words = wordsOf(r, length);
    r.send("droppedCursor", { index: 0, context }, valid);
    r.receive("droppedCursor", { index: words, context }, valid);

    // Gas: what was used, less the refund, but not less than the floor (EIP-7623).
    const refundTime = r.given("refundTime");
    const counter = r.given("refund");
    r.receive("refund", { value: counter, time: refundTime }, valid);
    r.before(refundTime, time.plus(1), valid);
    const spent = gasLimit.minus(gas);
    const rest = r.hint("rest", [spent], (value) => value % BigInt(REFUND_QUOTIENT));
    r.range(rest, 3, valid);
    r.range(linear(REFUND_QUOTIENT - 1).minus(rest), 3, valid);
    const most = r.hint("most", [spent], (value) => value / BigInt(REFUND_QUOTIENT));
    r.range(most, GAS_BITS, valid);
    r.equal(spent, most.times(REFUND_QUOTIENT).plus(rest), "a fifth, and what is left", valid);
    const isCapped = isAtLeast(r, {
      name: "isCapped",
      one: counter,
      other: most,
      bits: GAS_BITS,
      where: valid,
    });
    const refunded = spent.minus(r.choose(isCapped, most, counter));
    const isLow = isAtLeast(r, { name: "isLow", one: floor, other: refunded, bits: GAS_BITS, where: valid });
    const used = r.choose(isLow, floor, refunded);

    const [payTime, earnTime] = [time.plus(1), time.plus(2)];
    for (const later of [payTime, earnTime, time.plus(3)])
      r.bounded(later, (1n << 32n) - 1n, "time is the number of what was done, far below 2^32");
    const payer = receiveAccount(r, "payer", signer, payTime, valid);
    const back = payer.balance.plus(r.product(gasLimit.minus(used), price));
    r.range(back, 128, valid);
    sendAccount(r, { ...payer, balance: back }, payTime, valid);
    const coinbase = receiveAccount(r, "coinbase", linear(0), earnTime, valid);
    const earned = coinbase.balance.plus(r.product(used, price));
    r.range(earned, 128, valid);
    sendAccount(r, { ...coinbase, balance: earned }, earnTime, valid);

    // The RESULT.
    receiveNoTransfer(r, index);
    const rollup = receiveRollup(r);
    const to = linear(0);
    r.bounded(isInvalid, 1n, "valid is 0 or 1");
    const { RESULT } = ActionKind;
    receivePacked(r, index, { kind: RESULT, failed: isInvalid, from: rollup, to, length: valid });
    const data = dataIndex(r, index);
    r.receive("word", { lo: 0, index: data, hi: succeeds.times(SUCCESS_BYTE) }, valid);
    r.receive("attribute", { context: STATEMENT_CONTEXT, kind: STATEMENT_ATTRIBUTE.keeps, lo: valid, hi: 0 });
    const next = { time: time.plus(3), context: context.plus(1) };
    r.bounded(next.context, (1n << 24n) - 1n, "fewer frames than time");
    const end = wordNumber(r, data.plus(valid));
    r.send("cursor", { index: end, number: wordNumber(r, number.plus(1)), ...next });
  },
);

/**
 * A word of what a transaction's frame returned.
 *
 * given: index, context (the cursor's); lo, hi.
 */
export const droppedWord = row("droppedWord", "the word was returned by a transaction's frame", (r) => {
  const index = r.given("index");
  const context = r.given("context");
  r.receive("droppedCursor", { index, context });
  r.receive("returned", { lo: r.given("lo"), hi: r.given("hi"), context, index });
  r.send("droppedCursor", { index: wordNumber(r, index.plus(1)), context });
});
