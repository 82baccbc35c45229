import type { ActionKind } from "../../../builder/protocol/action.ts";
import { STATEMENT_LAYOUT } from "../../../builder/protocol/statement.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { HALF, type Halves, wholeOf } from "../../bus/halves.ts";
import { inverseOfPower, linear, type Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";

const WORD_BYTES = 32;
const { action: ACTION_WORDS } = STATEMENT_LAYOUT;
const MAX_INDEX = (1n << 32n) - 1n;

/** A word of the statement. given: `name` lo, `name` hi. */
export function receiveWord(r: RowBuilder, name: string, index: Term): Halves {
  const word = { lo: r.given(`${name} lo`), hi: r.given(`${name} hi`) };
  r.receive("word", { ...word, index });
  return word;
}

/** A word of the statement that is below 2^128. given: `name`. */
export function receiveHalf(r: RowBuilder, name: string, index: Term): Linear {
  const lo = r.given(name);
  r.receive("word", { lo, hi: 0, index });
  return lo;
}

/** A word of the statement that is always the same. */
export function receiveConstant(r: RowBuilder, value: bigint, index: Term): void {
  r.receive("word", { lo: value % HALF, hi: value / HALF, index });
}

/** A word of the statement that is an address. given: `name` lo, `name` hi. */
export function receiveAddress(r: RowBuilder, name: string, index: Term): Halves & { whole: Linear } {
  const word = receiveWord(r, name, index);
  const whole = wholeOf(word);
  r.bounded(whole, (1n << 160n) - 1n, "L1's addresses are");
  return { ...word, whole };
}

/** The halves of an address that is below 2^160. given: `name` hi. */
export function addressHalves(r: RowBuilder, name: string, whole: Linear): Halves {
  const hi = r.hint(`${name} hi`, [whole], (value) => value >> 128n);
  const lo = whole.minus(hi.times(HALF));
  r.range(lo, 128);
  r.range(hi, 32);
  return { lo, hi };
}

/** A number of words or of a word; a statement has far fewer than 2^32 of them. */
export function wordNumber(r: RowBuilder, value: Linear): Linear {
  r.bounded(value, MAX_INDEX, "L1 sends fewer words than that, and each number stands for one of them");
  return value;
}

/** Index of the word in which an action's data begin, if it begins at `index` itself. */
export function dataIndex(r: RowBuilder, index: Linear): Linear {
  return wordNumber(r, index.plus(ACTION_WORDS));
}

/** Number of words that `length` bytes take: the last one is not full. */
export function wordsOf(r: RowBuilder, length: Linear, name = "words"): Linear {
  const words = r.hint(name, [length], (bytes) => (bytes + 31n) / 32n);
  r.range(words, 27);
  r.range(words.times(WORD_BYTES).minus(length), 5);
  return words;
}

/** Fields of the packed word of an action; those of 0 are not named. */
export interface Packed {
  readonly kind: ActionKind;
  readonly failed?: Linear;
  readonly isStatic?: Linear;
  readonly from: Linear;
  readonly to: Linear;
  readonly length: Linear;
  readonly gas?: Linear;
}

/**
 * The packed word of an action (docs/spec.md, section 2) in halves, from fields each of which is proven to
 * fit its place: `from` and `to` 64 bits, `length` and `gas` 32.
 */
function packedWord(r: RowBuilder, { kind, failed, isStatic, from, to, length, gas }: Packed): Halves {
  const toLo = r.hint("to lo", [to], (value) => value & 0xffffffffn);
  const toHi = to.minus(toLo).times(inverseOfPower(32));
  r.range(toLo, 32);
  r.range(toHi, 32);
  const none = linear(0);
  const lo = r.pack(
    [linear(kind), 8],
    [failed ?? none, 8],
    [isStatic ?? none, 8],
    [none, 8],
    [from, 64],
    [toLo, 32],
  );
  const hi = r.pack([toHi, 32], [length, 32], [gas ?? none, 32]);
  return { lo, hi };
}

/** Receives the packed word of an action, which has just these fields. given: packed lo, packed hi. */
export function receivePacked(r: RowBuilder, index: Term, fields: Packed): void {
  const packed = receiveWord(r, "packed", index);
  const expected = packedWord(r, fields);
  r.equal(packed.lo, expected.lo, "the packed word is that of an action with these fields");
  r.equal(packed.hi, expected.hi, "the packed word is that of an action with these fields, upper half");
}

/** Receives the words of an action that has no sender, target and value. */
export function receiveNoTransfer(r: RowBuilder, index: Linear): void {
  for (const field of [1, 2, 3]) receiveConstant(r, 0n, wordNumber(r, index.plus(field)));
}

/** The rollup that the statement is of. given: rollup. */
export function receiveRollup(r: RowBuilder): Linear {
  const lo = r.given("rollup");
  r.receive("attribute", { context: STATEMENT_CONTEXT, kind: STATEMENT_ATTRIBUTE.rollup, lo, hi: 0 });
  r.bounded(lo, (1n << 64n) - 1n, "L1's ids of rollups are");
  return lo;
}
