import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";
import type { Step } from "./step.ts";

/** Gas of each word of memory, beside ⌊words²/512⌋. */
const WORD_GAS = 3;
const QUADRATIC_DIVISOR = 512;

/**
 * Memory has `needed` words (at most 2^24) or more: what it grows by is paid.
 * @returns the gas.
 */
export function expandMemory(r: RowBuilder, { context, time }: Step, needed: Linear): Linear {
  const words = r.given("words");
  const quotient = r.given("quotient");
  const old = r.given("sizeTime");
  r.receive("memorySize", { words, context, time: old, quotient });
  r.before(old, time);
  const grows = r.flagHint("grows", [needed, words], (wanted, there) => (wanted > there ? 1n : 0n));
  const growth = r.product(grows, needed.minus(words));
  const after = words.plus(growth);
  r.bounded(after, (1n << 32n) - 1n, "needed or words, both below 2^32");
  // |needed - words| with the flag's sign: so the flag says which is greater.
  r.range(words.minus(needed).plus(growth.times(2)), 24);
  const square = r.product(after, after);
  const quotientAfter = r.hint("quotient after", [square], (x) => x / BigInt(QUADRATIC_DIVISOR));
  r.range(quotientAfter, 40);
  r.range(square.minus(quotientAfter.times(QUADRATIC_DIVISOR)), 9);
  r.send("memorySize", { words: after, context, time, quotient: quotientAfter });
  return growth.times(WORD_GAS).plus(quotientAfter).minus(quotient);
}
