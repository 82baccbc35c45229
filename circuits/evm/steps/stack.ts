import type { Halves } from "../../bus/halves.ts";
import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";
import type { Step } from "./step.ts";

/** Takes a word from the stack, `depth` below its top; its halves and its time are given as `name`'s. */
export function pop(r: RowBuilder, step: Step, depth: number, name: string, where = r.on): Halves {
  const word = { lo: r.given(`${name}Lo`), hi: r.given(`${name}Hi`) };
  take(r, step, step.sp.minus(depth + 1), word, name, where);
  return word;
}

/** Takes a word that the row has in other forms than two halves. */
export function popAs(r: RowBuilder, step: Step, depth: number, name: string, word: Halves): void {
  take(r, step, step.sp.minus(depth + 1), word, name, r.on);
}

/** Takes what is at a position; it was put there before. */
export function take(
  r: RowBuilder,
  { context, time }: Step,
  position: Linear,
  { lo, hi }: Halves,
  name: string,
  where = r.on,
): void {
  const old = r.given(`${name}Time`);
  r.receive("stack", { lo, context, time: old, position, hi }, where);
  r.before(old, time, where);
}

/** Puts a word where the row took one. */
export function put(
  r: RowBuilder,
  { context, time }: Step,
  position: Linear,
  { lo, hi }: { readonly lo: Term; readonly hi: Term },
): void {
  r.send("stack", { lo, context, time, position, hi });
}

/** Puts a word in the place of the lowest of those that the row popped. */
export function replace(
  r: RowBuilder,
  step: Step,
  depth: number,
  word: { readonly lo: Term; readonly hi: Term },
): void {
  put(r, step, step.sp.minus(depth), word);
}

/** Puts a word on top; the stack has fewer than 1,024. */
export function push(r: RowBuilder, step: Step, word: { readonly lo: Term; readonly hi: Term }): void {
  requireRoom(r, step);
  put(r, step, step.sp, word);
}

/** The stack has fewer than 1,024 words. */
export function requireRoom(r: RowBuilder, { sp }: Step): void {
  // sp < 2^11, so 4·sp is that integer: one look-up of 12 bits.
  r.range(sp.times(4), 12);
  r.bounded(sp, 1023n, "4·sp < 2^12");
}
