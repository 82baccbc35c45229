import { ActionKind } from "../../../builder/protocol/action.ts";
import { HALF_MAX } from "../../bus/halves.ts";
import { SYSTEM_ADDRESS } from "../addresses.ts";
import { linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";
import { NO_CODE } from "../state/constants.ts";
import { isAlwaysWarm } from "../state/warm.ts";
import { receiveAccount, sendAccount } from "./accounts.ts";
import { hasNoCode } from "../state/no-code.ts";
import { beginFrame, sendAttributes, sendWordBehind } from "./frame.ts";
import {
  addressHalves,
  dataIndex,
  receiveAddress,
  receiveHalf,
  receivePacked,
  receiveRollup,
  wordNumber,
  wordsOf,
} from "./words.ts";

/** Gas of an operation that a CALL begins. */
export const OPERATION_GAS = 30_000_000n;
/** What the row does takes this much time, from the cursor's on. */
export const CALL_TIME = 4;

/**
 * A CALL that comes in (docs/spec.md, section 7, "Incoming actions").
 *
 * 1. The caller's proxy is created unless it exists: the system contract's nonce grows by 1, and the proxy
 *    gets its code and the nonce 1. An account at the proxy's address has no other code, for no other init
 *    code leads to that address; without code it has never sent anything.
 * 2. The value comes to the proxy from the other chain, and goes on to the target.
 * 3. Proxy and target are warm. The target's code, if it has one, begins to run; if it has none, the call has
 *    succeeded. Precompiles have none, and the system contract answers `relay` in its own way: neither is
 *    covered here.
 *
 * given: index, number, time, context (the cursor's); packed lo and hi, sender lo and hi, target lo and hi,
 * value (the words); isStatic, chain (it comes from), length (of its data), gas (that it brings for L1),
 * rollup; proxy (its address), codeLo, codeHi (of proxies); created; system, caller, callee: the three
 * accounts as found, each with nonce, balance, hashLo, hashHi, warm, time; hasCode (the target has), slot;
 * reads: of each attribute how often it is received, and of the word behind the data.
 */
export const callIn = row("callIn", "a CALL comes in and its target's code begins to run", (r) => {
  const index = r.given("index");
  const number = r.given("number");
  const time = r.given("time");
  const context = r.given("context");
  r.receive("cursor", { index, number, time, context });

  // The action's words.
  const sender = receiveAddress(r, "sender", wordNumber(r, index.plus(1)));
  const target = receiveAddress(r, "target", wordNumber(r, index.plus(2)));
  const value = receiveHalf(r, "value", wordNumber(r, index.plus(3)));
  const isStatic = r.flag("isStatic");
  const rollup = receiveRollup(r);
  const proxy = {
    address: r.given("proxy"),
    original: sender.whole,
    chain: r.given("chain"),
    hashLo: r.given("codeLo"),
    hashHi: r.given("codeHi"),
  };
  r.receive("proxy", proxy);
  const length = r.given("length");
  r.range(length, 32);
  const gas = r.given("gas");
  r.range(gas, 32);
  receivePacked(r, index, { kind: ActionKind.CALL, isStatic, from: proxy.chain, to: rollup, length, gas });

  // 1. The proxy.
  for (let step = 1; step <= CALL_TIME; step++)
    r.bounded(time.plus(step), (1n << 32n) - 1n, "time is the number of what was done, far below 2^32");
  const created = r.flag("created");
  const system = receiveAccount(r, "system", linear(SYSTEM_ADDRESS), time.plus(1), created);
  r.bounded(system.nonce.plus(1), (1n << 64n) - 1n, "it grows by 1 with each proxy");
  sendAccount(r, { ...system, nonce: system.nonce.plus(1) }, time.plus(1), created);
  const caller = receiveAccount(r, "caller", proxy.address, time.plus(2));
  r.equal(caller.hashLo, NO_CODE.hashLo, "what is created was not there", created);
  r.equal(caller.hashHi, NO_CODE.hashHi, "what is created was not there, upper half", created);
  r.equal(caller.nonce, 0, "an account without code at a proxy's address has sent nothing", created);
  const exists = r.on.minus(created);
  r.equal(hasNoCode(r, caller), 0, "what is not created is there", exists);
  const nonce = caller.nonce.plus(created);
  r.bounded(nonce, (1n << 64n) - 1n, "the nonce that it has, or 1");
  const [hashLo, hashHi] = [
    r.choose(created, proxy.hashLo, caller.hashLo),
    r.choose(created, proxy.hashHi, caller.hashHi),
  ];
  for (const half of [hashLo, hashHi]) r.bounded(half, HALF_MAX, "one of two halves of a hash");
  sendAccount(r, { ...caller, nonce, hashLo, hashHi, warm: r.on }, time.plus(2));

  // 2. The value passes through the proxy: its balance is as it was.
  const callee = receiveAccount(r, "callee", target.whole, time.plus(3));
  const balance = callee.balance.plus(value);
  r.range(balance, 128);
  sendAccount(r, { ...callee, balance, warm: r.on }, time.plus(3));

  // 3. The frame.
  r.equal(isAlwaysWarm(r, target.whole), r.isZero(target.whole), "precompiles are not covered");
  r.equal(r.isZero(target.whole.minus(r.on.times(SYSTEM_ADDRESS))), 0, "the system contract is not covered");
  const noCode = hasNoCode(r, callee);
  const start = time.plus(CALL_TIME);
  beginFrame(r, { context, time: start, hash: callee, gas: OPERATION_GAS, where: r.on.minus(noCode) });
  r.send("ended", { gas: OPERATION_GAS, context, time: start, succeeded: 1, length: 0 }, noCode);
  r.send("refund", { value: 0, time });
  const origin = addressHalves(r, "proxy", proxy.address);
  sendAttributes(r, context, {
    address: target,
    origin,
    caller: origin,
    callValue: { lo: value, hi: 0 },
    callDataSize: { lo: length, hi: 0 },
    gasPrice: { lo: 0, hi: 0 },
    isStatic: { lo: isStatic, hi: 0 },
    // If it fails, the visit leaves nothing behind: nothing has to be undone.
    undoing: { lo: 0, hi: 0 },
  });

  // The data, and what comes after it.
  const words = wordsOf(r, length);
  const data = dataIndex(r, index);
  const end = wordNumber(r, data.plus(words));
  r.send("calldataCursor", { index: data, number: 0, context });
  r.receive("calldataCursor", { index: end, number: words, context });
  sendWordBehind(r, context, words);
  const next = wordNumber(r, number.plus(1));
  r.send("operation", { index: end, number: next, context, chain: proxy.chain, isStatic });
});

/**
 * A word of calldata.
 *
 * given: index, number, context (the cursor's); lo, hi; reads (how often it is received).
 */
export const calldataWord = row("calldataWord", "the word is this word of the frame's calldata", (r) => {
  const index = r.given("index");
  const number = r.given("number");
  const context = r.given("context");
  r.receive("calldataCursor", { index, number, context });
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  r.receive("word", { ...word, index });
  r.send("calldata", { ...word, context, index: number }, r.multiplicity("reads"));
  const next = { index: wordNumber(r, index.plus(1)), number: wordNumber(r, number.plus(1)) };
  r.send("calldataCursor", { ...next, context });
});
