import { type Linear, linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";

export const KEY_BITS = 248;
const KEY_LIMIT = 1n << BigInt(KEY_BITS);

/**
 * low < key < high for keys of leaves, high being 0 at the end of the list; where `where` is 1.
 *
 * The bounds are below 2^248. Both differences are, too: so the key is between the bounds as an integer, for
 * p is greater than 2^250.
 */
export function between(r: RowBuilder, low: Term, key: Linear, high: Term): void {
  r.range(key.minus(low).minus(r.on), KEY_BITS);
  const end = linear(high).plus(r.isZero(high).times(KEY_LIMIT));
  r.range(end.minus(key).minus(r.on), KEY_BITS);
  r.bounded(key, KEY_LIMIT - 1n, "low < key < high, both of which are keys");
}

/** low < key for two keys of leaves. */
export function isAbove(r: RowBuilder, low: Term, key: Term): void {
  r.range(linear(key).minus(low).minus(r.on), KEY_BITS);
}
