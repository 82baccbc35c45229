import { HALF_MAX } from "../../bus/halves.ts";
import type { Linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";
import { DOMAIN } from "./constants.ts";
import { keyOf } from "./key.ts";
import { IN_STATE, keptOf } from "./kept.ts";

/**
 * A slot as the state before has it, and as it is left.
 *
 * given: address, slotLo, slotHi, lo, hi (the word before); lo after, hi after, warm after, time (of its last
 * access); keeps (the visit's effects last).
 */
export const storageLeaf = row("storageLeaf", "the state has this word before, and that after", (r) => {
  const slot = { address: r.given("address"), slotLo: r.given("slotLo"), slotHi: r.given("slotHi") };
  r.range(slot.address, 160);
  r.range(slot.slotLo, 128);
  r.range(slot.slotHi, 128);
  const before = { lo: r.given("lo"), hi: r.given("hi") };
  r.bounded(before.lo, HALF_MAX, IN_STATE);
  r.bounded(before.hi, HALF_MAX, IN_STATE);
  const original = { ...slot, originalLo: before.lo, originalHi: before.hi };
  r.send("storage", { ...before, ...original, warm: 0, time: 0 });

  const after = { lo: r.given("lo after"), hi: r.given("hi after") };
  r.receive("storage", { ...after, ...original, warm: r.given("warm after"), time: r.given("time") });

  // Both halves are below 2^128: their sum is 0 only if both are.
  const valueOf = ({ lo, hi }: typeof before): Linear =>
    r.product(r.on.minus(r.isZero(lo.plus(hi))), r.hash(hi, lo));
  const valueBefore = valueOf(before);
  const valueAfter = valueOf(after);
  keyOf(r, r.hash(DOMAIN.slot, slot.address, slot.slotHi, slot.slotLo), (key) => {
    r.receive("value", { key, before: valueBefore, after: keptOf(r, valueBefore, valueAfter) });
  });
});
