import { wholeOf } from "../../bus/halves.ts";
import { row } from "../../bus/row.ts";
import { CONTENT } from "../opcodes.ts";
import { FRAME_ATTRIBUTE } from "../attributes.ts";
import { beginStep, codeRow, endStep } from "./step.ts";
import { push } from "./stack.ts";

/** The kind is the opcode, so one row type pushes what the frame (or the statement, context 0) says. */
export const environment = row("environment", "pushes an attribute of the frame or of the statement", (r) => {
  const kind = r.given("kind");
  const step = beginStep(r, kind);
  const ofStatement = r.flag("ofStatement");
  const context = step.context.minus(r.product(ofStatement, step.context));
  const word = { lo: r.given("lo"), hi: r.given("hi") };
  // A kind is below 2^8, so it fits a class; kinds of frames and of the statement differ.
  r.receive("attribute", { ...word, context, kind });
  push(r, step, word);
  endStep(r, step, { cost: 2, grows: 1 });
});

/** RETURNDATASIZE is 0 as long as frames make no calls. */
const ZEROS = { returnDataSize: 0x3d, coinbase: 0x41, prevRandao: 0x44, baseFee: 0x48, blobBaseFee: 0x4a };
const GASLIMIT = 0x45;
const BLOCK_GAS = 30_000_000;

export const constant = row("constant", "pushes what is the same in every block of a rollup", (r) => {
  let kind = r.on.times(GASLIMIT);
  let zero = r.on.times(0);
  for (const [name, opcode] of Object.entries(ZEROS)) {
    const is = r.flag(name);
    kind = kind.plus(is.times(opcode - GASLIMIT));
    zero = zero.plus(is);
  }
  r.multiply(zero, r.on.minus(zero), 0, "one instruction at most");
  const step = beginStep(r, kind);
  const value = r.on.minus(zero).times(BLOCK_GAS);
  r.bounded(value, BigInt(BLOCK_GAS), "zero is 0 or 1");
  push(r, step, { lo: value, hi: 0 });
  endStep(r, step, { cost: 2, grows: 1 });
});

export const counter = row("counter", "PC and GAS", (r) => {
  const isGas = r.flag("isGas");
  const step = beginStep(r, r.on.times(0x58).plus(isGas.times(0x5a - 0x58)));
  // Without it the row would push what an instruction left that was not paid.
  r.range(step.gas.minus(2), 40, isGas);
  const value = r.choose(isGas, step.gas.minus(2), step.pc);
  r.bounded(value, (1n << 40n) - 1n, "a place of the code, or gas below 2^40");
  push(r, step, { lo: value, hi: 0 });
  endStep(r, step, { cost: 2, grows: 1 });
});

export const codeSize = row("codeSize", "CODESIZE", (r) => {
  const step = beginStep(r, 0x38);
  const length = r.given("length");
  r.range(length, 24);
  r.receive("code", { row: codeRow({ place: length, class: CONTENT.length }), slot: step.slot });
  push(r, step, { lo: length, hi: 0 });
  endStep(r, step, { cost: 2, grows: 1 });
});

export const selfBalance = row("selfBalance", "SELFBALANCE", (r) => {
  const step = beginStep(r, 0x47);
  const { context, time } = step;
  const [lo, hi] = [r.given("addressLo"), r.given("addressHi")];
  r.receive("attribute", { lo, context, kind: FRAME_ATTRIBUTE.address, hi });
  const account = {
    balance: r.given("balance"),
    warm: r.given("warm"),
    nonce: r.given("nonce"),
    address: wholeOf({ lo, hi }),
    hashLo: r.given("hashLo"),
    hashHi: r.given("hashHi"),
  };
  const old = r.given("accountTime");
  r.receive("account", { ...account, time: old });
  r.before(old, time);
  r.send("account", { ...account, time });
  push(r, step, { lo: account.balance, hi: 0 });
  endStep(r, step, { cost: 5, grows: 1 });
});
