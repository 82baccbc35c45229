import type { Halves } from "../../bus/halves.ts";
import { HALF_MAX } from "../../bus/halves.ts";
import { linear, type Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";
import { cutHalf, SIDE_BY_SIDE } from "./cut.ts";

const HALF_BITS = 128;

/**
 * Where a word begins within another: 16·far + bytes behind its beginning. That `bytes` is an integer from 0
 * to 16 follows from what is cut there.
 */
export interface Place {
  readonly far: Linear;
  readonly bytes: Linear;
}

/** Two neighbouring words, the one at the lower index first. */
export type Neighbours = readonly [first: Halves, second: Halves];

/** A place within a word. given: far, bytes. */
export function placeWithin(r: RowBuilder): Place & { readonly offset: Linear } {
  const place = { far: r.flag("far"), bytes: r.given("bytes") };
  return { ...place, offset: place.far.times(16).plus(place.bytes) };
}

/** The word that begins at a place of the first word and ends in the second. */
export function wordAcross(r: RowBuilder, [first, second]: Neighbours, { far, bytes }: Place): Halves {
  const exponent = linear(HALF_BITS).minus(bytes.times(8));
  const a = cutHalf(r, "first", r.choose(far, first.lo, first.hi), exponent);
  const b = cutHalf(r, "middle", r.choose(far, second.hi, first.lo), exponent);
  const c = cutHalf(r, "last", r.choose(far, second.lo, second.hi), exponent);
  const word = { hi: a.raised.plus(b.top), lo: b.raised.plus(c.top) };
  for (const half of [word.hi, word.lo]) r.bounded(half, HALF_MAX, SIDE_BY_SIDE);
  return word;
}

/** Both words with another word in them, from a place of the first one on. */
export function withWordAcross(
  r: RowBuilder,
  [first, second]: Neighbours,
  { far, bytes }: Place,
  word: Halves,
): Neighbours {
  const place = bytes.times(8);
  const exponent = linear(HALF_BITS).minus(place);
  const before = r.choose(far, first.lo, first.hi);
  const behind = r.choose(far, second.lo, second.hi);
  const [upper, lower] = [cutHalf(r, "upper", word.hi, place), cutHalf(r, "lower", word.lo, place)];
  // Three halves: what stands before the word and its beginning; its middle; its end and what stands behind.
  const a = before.minus(cutHalf(r, "before", before, exponent).rest).plus(upper.top);
  const b = upper.raised.plus(lower.top);
  const c = lower.raised.plus(cutHalf(r, "behind", behind, exponent).rest);
  const after = [
    { hi: r.choose(far, first.hi, a), lo: r.choose(far, a, b) },
    { hi: r.choose(far, b, c), lo: r.choose(far, c, second.lo) },
  ] as const;
  for (const half of after.flatMap(({ hi, lo }) => [hi, lo]))
    r.bounded(half, HALF_MAX, "a half as it was, or parts of two side by side");
  return after;
}

/** The word with another byte at a place of it, the lowest byte of `value`. */
export function withByte(r: RowBuilder, word: Halves, { far, bytes }: Place, value: Halves): Halves {
  const behind = linear(HALF_BITS - 8).minus(bytes.times(8));
  const half = r.choose(far, word.lo, word.hi);
  const from = cutHalf(r, "from", half, behind.plus(8)).rest;
  const byte = cutHalf(r, "value", value.lo, linear(8)).rest;
  // Of the half that is the byte alone, all is in the lower part.
  const raised = cutHalf(r, "byte", byte, linear(HALF_BITS).minus(behind)).raised;
  const changed = half
    .minus(from)
    .plus(raised)
    .plus(cutHalf(r, "behind", half, behind).rest);
  const after = { hi: r.choose(far, word.hi, changed), lo: r.choose(far, changed, word.lo) };
  for (const each of [after.hi, after.lo])
    r.bounded(each, HALF_MAX, "a half as it was, or with another byte between its parts");
  return after;
}
