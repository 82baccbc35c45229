import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { inverseOfPower, linear, type Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";
import { KEY_BITS } from "./compare.ts";

/** What stands above the key in the greatest element of the field, and below. */
const TOP = (P - 1n) >> BigInt(KEY_BITS);
const TOP_BITS = 6;
const TOP_REST = (P - 1n) & ((1n << BigInt(KEY_BITS)) - 1n);

/**
 * The low 248 bits of a hash: that of its representative below p, not of the hash plus p.
 *
 * hash = key + top·2^248 with key < 2^248, so `top` follows from the key. It is at most that of p − 1, and if
 * it is the same, then the key is at most p − 1's rest.
 * @param receive what receives the key from a row that has proven it to be below 2^248.
 */
export function keyOf(r: RowBuilder, hash: Linear, receive: (key: Linear) => void): Linear {
  const key = r.hint("key", [hash], (value) => value & ((1n << BigInt(KEY_BITS)) - 1n));
  receive(key);
  const top = hash.minus(key).times(inverseOfPower(KEY_BITS));
  const spare = linear(TOP).minus(top);
  r.range(top, TOP_BITS);
  r.range(spare, TOP_BITS);
  r.range(linear(TOP_REST).minus(key), KEY_BITS, r.isZero(spare));
  return key;
}
