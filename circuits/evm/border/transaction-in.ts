import { ActionKind } from "../../../builder/protocol/action.ts";
import { HALF_MAX } from "../../bus/halves.ts";
import { linear, type Linear } from "../../bus/linear.ts";
import { row, type RowBuilder, type Term } from "../../bus/row.ts";
import { TRANSACTION_FIELDS, TRANSACTION_STATUS } from "../../bus/transaction-fields.ts";
import { isAlwaysWarm } from "../state/warm.ts";
import { isAtLeast } from "./at-least.ts";
import { receiveAccount, sendAccount, undoAccount } from "./accounts.ts";
import { hasNoCode } from "../state/no-code.ts";
import { beginFrame, sendAttributes, sendWordBehind } from "./frame.ts";
import { receiveFields } from "./signed-transaction.ts";
import { dataIndex, receiveNoTransfer, receivePacked, receiveRollup, wordNumber, wordsOf } from "./words.ts";

/** EIP-7825. */
export const GAS_CAP = 1n << 24n;
/** EIP-2681: a nonce is below this. */
export const LAST_NONCE = (1n << 64n) - 1n;
/** What the row does takes this much time, from the cursor's on. */
export const TRANSACTION_TIME = 3;

/** Changes that are undone if the frame fails: the value leaves the signer, and comes to whom it calls. */
export const VALUE_CHANGES = 2;

/**
 * An L2TX that comes in (docs/spec.md, section 7, "Incoming actions").
 *
 * L1 decodes it and recovers the signer. It is valid if its form is, and all of these hold: the price offered
 * first is not above the greatest one; its gas is at most 2^24 and pays for what it costs before it begins,
 * and at least; nonce and balance of the signer. Each condition is proven to hold or not to hold. An invalid
 * one has no effect. (That a signer has code, EIP-3607, happens only where accounts delegate.)
 *
 * A valid one counts the nonce up and pays for all its gas. Whether its frame will succeed is known here
 * already: if not, what the frame does is undone, and the value goes back as the frame's first two changes.
 * Creations, access lists and precompiles are not covered.
 *
 * given: index, number, time, context (the cursor's); packed lo and hi, length (of the action's data),
 * rollup; status, and of each other field lo and hi; isSigned (its form is valid); the conditions; payer
 * (the signer), callee: the accounts as found; succeeds; lastUndoing (0 if it does); payer undone, callee
 * undone: the times of their entries then; slot; reads: of each attribute how often it is received, and of
 * the word behind the calldata.
 */
export const transactionIn = row("transactionIn", "an L2TX comes in, and is valid or is not", (r) => {
  const index = r.given("index");
  const number = r.given("number");
  const time = r.given("time");
  const context = r.given("context");
  r.receive("cursor", { index, number, time, context });
  const end = receiveAction(r, index, context);

  // What L1 says of it.
  const isSigned = r.flag("isSigned");
  const status = r.given("status");
  r.receive("transaction", { lo: status, action: number, field: TRANSACTION_FIELDS.status, hi: 0 });
  // Invalid is 0.
  r.equal(status, isSigned.times(TRANSACTION_STATUS.valid), "valid or invalid: no other status is covered");
  const fields = receiveFields(r, number, isSigned);
  const { nonce, maxFeePerGas, maxPriorityFeePerGas: priority, gasLimit, to, value, signer } = fields;

  // Which conditions hold.
  const cursorTime = (step: number): Linear => {
    const later = time.plus(step);
    r.bounded(later, (1n << 32n) - 1n, "time is the number of what was done, far below 2^32");
    return later;
  };
  const payer = receiveAccount(r, "payer", signer.whole, cursorTime(1), isSigned);
  r.equal(hasNoCode(r, payer), 1, "signers whose account delegates (EIP-7702) are not covered", isSigned);
  const price = priority.lo;
  const cost = r.product(gasLimit, maxFeePerGas.lo).plus(value.lo);
  const atLeast = (name: string, one: Term, other: Term, bits: number): Linear =>
    isAtLeast(r, { name, one, other, bits, where: isSigned });
  const conditions = [
    // Prices and values of 2^128 and more, which no balance pays.
    r.isZero(maxFeePerGas.hi),
    r.isZero(priority.hi),
    r.isZero(value.hi),
    atLeast("priority", maxFeePerGas.lo, price, 128),
    atLeast("cap", GAS_CAP, gasLimit, 64),
    atLeast("intrinsic", gasLimit, fields.intrinsicGas, 64),
    atLeast("floor", gasLimit, fields.floorGas, 64),
    atLeast("affordable", payer.balance, cost, 193),
    r.isZero(nonce.minus(payer.nonce)),
    r.on.minus(r.isZero(nonce.minus(r.on.times(LAST_NONCE)))),
  ];
  const broken = conditions.reduce((sum, one) => sum.minus(one), linear(conditions.length));
  const valid = r.product(isSigned, r.isZero(broken));
  r.bounded(valid, 1n, "a product of flags");

  // What a valid one does. Nothing of it happens in one that is not.
  r.equal(fields.isCreation, 0, "creations are not covered", valid);
  r.equal(fields.accessAddresses, 0, "access lists are not covered", valid);
  const isWarm = isAlwaysWarm(r, to.whole);
  r.equal(isWarm, r.isZero(to.whole), "precompiles are not covered", valid);
  const succeeds = r.flag("succeeds");
  r.equal(succeeds, 0, "what is not valid does not succeed", r.on.minus(valid));
  const moved = r.product(valid, value.lo);
  const nonceAfter = payer.nonce.plus(valid);
  r.bounded(nonceAfter, LAST_NONCE, "a nonce of 2^64 - 1 is not valid");
  const kept = payer.balance.minus(r.product(valid, r.product(gasLimit, price)));
  const left = kept.minus(moved);
  for (const balance of [kept, left])
    r.bounded(balance, HALF_MAX, "it pays for all of its gas at the greatest price, and the value");
  const warm = r.choose(valid, r.on, payer.warm);
  r.bounded(warm, 1n, "one of two flags");
  const paid = { ...payer, nonce: nonceAfter, balance: kept, warm };
  const sent = { ...paid, balance: left };
  sendAccount(r, sent, cursorTime(1), isSigned);

  const callee = receiveAccount(r, "callee", to.whole, cursorTime(2), valid);
  const balance = callee.balance.plus(moved);
  r.range(balance, 128, valid);
  r.bounded(callee.balance, HALF_MAX, "an account's, where the transaction is valid");
  const found = { ...callee, warm: valid };
  const received = { ...found, balance };
  sendAccount(r, received, cursorTime(2), valid);
  const fails = valid.minus(succeeds);
  r.bounded(fails, 1n, "what succeeds is valid");
  const lastUndoing = r.given("lastUndoing");
  r.equal(lastUndoing, 0, "only what a frame did that fails is undone", r.on.minus(fails));
  const calleeUndone = lastUndoing.minus(fails);
  for (const time of [lastUndoing, calleeUndone])
    r.bounded(time, (1n << 32n) - 1n, "0, or what `end` adds up from the frame's last time and all undoings");
  undoAccount(r, { name: "payer", before: paid, after: sent, time: lastUndoing }, fails);
  undoAccount(r, { name: "callee", before: found, after: received, time: calleeUndone }, fails);
  const plain = r.product(valid, hasNoCode(r, callee));
  const start = cursorTime(TRANSACTION_TIME);
  const gas = gasLimit.minus(fields.intrinsicGas);
  const undoings = fails.times(VALUE_CHANGES);
  r.bounded(undoings, BigInt(VALUE_CHANGES), "fails is 0 or 1");
  beginFrame(r, { context, time: start, hash: callee, gas, where: valid.minus(plain), undoings });
  r.bounded(gas, GAS_CAP, "a valid one has at least the intrinsic gas, and at most 2^24");
  r.send("ended", { gas, context, time: start, succeeded: 1, length: 0 }, plain);
  r.send("refund", { value: 0, time }, valid);
  const { dataLength } = fields;
  sendAttributes(r, context, {
    address: to,
    origin: signer,
    caller: signer,
    callValue: { lo: value.lo, hi: 0 },
    callDataSize: { lo: dataLength, hi: 0 },
    gasPrice: { lo: price, hi: 0 },
    isStatic: { lo: 0, hi: 0 },
    undoing: { lo: fails, hi: lastUndoing },
  });
  // Its calldata, which L1 sends of each one whose form is valid.
  const words = wordsOf(r, dataLength, "data words");
  r.send("transactionCursor", { index: 0, action: number, context }, isSigned);
  r.receive("transactionCursor", { index: words, action: number, context }, isSigned);
  sendWordBehind(r, context, words);
  const next = wordNumber(r, number.plus(1));
  r.send("payment", {
    index: end,
    number: next,
    context,
    time: start,
    signer: signer.whole,
    gasLimit,
    price,
    floor: fields.floorGas,
    valid,
    succeeds,
  });
});

/**
 * The action's words, which say that it is an L2TX to this rollup; its data are read by `rawWord`.
 * @returns the index of the word behind them.
 */
function receiveAction(r: RowBuilder, index: Linear, context: Linear): Linear {
  receiveNoTransfer(r, index);
  const to = receiveRollup(r);
  const length = r.given("length");
  r.range(length, 32);
  receivePacked(r, index, { kind: ActionKind.L2TX, from: linear(0), to, length });
  const words = wordsOf(r, length, "raw words");
  const data = dataIndex(r, index);
  const end = wordNumber(r, data.plus(words));
  r.send("rawCursor", { index: data, context });
  r.receive("rawCursor", { index: end, context });
  return end;
}
