import { wholeOf, type Halves } from "../../bus/halves.ts";
import type { Linear } from "../../bus/linear.ts";
import { row, type RowBuilder } from "../../bus/row.ts";
import { FRAME_ATTRIBUTE } from "../attributes.ts";
import { SSTORE_SENTRY } from "../opcodes.ts";
import { beginStep, endStep, type Step } from "./step.ts";
import { pop, replace } from "./stack.ts";
import { countUndoing, receiveUndoing, type Undoing } from "./undoing.ts";

/** Prices of EIP-2929, EIP-2200 and EIP-3529. */
const GAS = { warm: 100, cold: 2_100, reset: 2_900, set: 20_000 } as const;
const REFUND = { clear: 4_800, resetSet: GAS.set - GAS.warm, resetValue: GAS.reset - GAS.warm } as const;

/** A slot of the frame's account: what it holds, and what sends its next entry. */
export interface Slot {
  readonly current: Halves;
  readonly original: Halves;
  /** 1 if the transaction accessed it before. */
  readonly warm: Linear;
  /** It is warm and holds the value, until that is undone. */
  readonly write: (value: Halves, undoing: Undoing) => void;
  /** It is as it was: for what ends the frame, and is undone with it. */
  readonly leave: () => void;
}

/**
 * Receives the newest entry of a slot of the frame's account.
 *
 * Where the frame's doings are undone, a row that writes takes part in the table twice: what it sent, or what
 * undoings put in its place since, becomes again what it had received.
 */
export function receiveSlot(r: RowBuilder, { context, time }: Step, slot: Halves): Slot {
  const [lo, hi] = [r.given("addressLo"), r.given("addressHi")];
  r.receive("attribute", { lo, context, kind: FRAME_ATTRIBUTE.address, hi });
  const original = { lo: r.given("originalLo"), hi: r.given("originalHi") };
  const current = { lo: r.given("currentLo"), hi: r.given("currentHi") };
  const rest = {
    address: wholeOf({ lo, hi }),
    slotLo: slot.lo,
    slotHi: slot.hi,
    originalLo: original.lo,
    originalHi: original.hi,
  };
  const [warm, old] = [r.given("warm"), r.given("entryTime")];
  r.receive("storage", { ...current, warm, time: old, ...rest });
  r.before(old, time);
  return {
    current,
    original,
    warm,
    write: (value, undoing) => {
      r.send("storage", { ...value, warm: 1, time, ...rest });
      const { undone } = undoing;
      const undoneAt = countUndoing(r, context, undoing);
      const newest = r.given("newestTime");
      r.receive("storage", { ...value, warm: 1, time: newest, ...rest }, undone);
      r.before(newest, undoneAt, undone);
      r.send("storage", { ...current, warm, time: undoneAt, ...rest }, undone);
    },
    leave: () => {
      r.send("storage", { ...current, warm, time, ...rest });
    },
  };
}

export const sload = row("sload", "SLOAD", (r) => {
  const step = beginStep(r, 0x54);
  const slot = receiveSlot(r, step, pop(r, step, 0, "slot"));
  slot.write(slot.current, receiveUndoing(r, step.context));
  replace(r, step, 1, slot.current);
  endStep(r, step, { cost: sloadCost(slot) });
});

/** 100 gas, 2,100 at the first access. */
export function sloadCost({ warm }: Slot): Linear {
  return warm.times(GAS.warm - GAS.cold).plus(GAS.cold);
}

export const sstore = row("sstore", "SSTORE", (r) => {
  const step = beginStep(r, 0x55);
  const { context, time, gas } = step;
  r.receive("attribute", { lo: 0, context, kind: FRAME_ATTRIBUTE.isStatic, hi: 0 });
  r.range(gas.minus(SSTORE_SENTRY + 1), 40);
  const slot = receiveSlot(r, step, pop(r, step, 0, "slot"));
  const value = pop(r, step, 1, "value");
  const undoing = receiveUndoing(r, context);
  slot.write(value, undoing);
  const { cost, refund } = sstorePrice(r, slot, value);
  // Until the transaction ends nothing asks for the counter: what is undone is not counted.
  const lasts = r.on.minus(undoing.undone);
  const [before, old] = [r.given("refund"), r.given("refundTime")];
  r.receive("refund", { value: before, time: old }, lasts);
  r.before(old, time, lasts);
  const after = before.plus(refund);
  r.bounded(
    after,
    (1n << 40n) - 1n,
    "EIP-3529 takes back only what it gave; each of fewer than 2^24 SSTOREs gives at most 19,900",
  );
  r.send("refund", { value: after, time }, lasts);
  endStep(r, step, { cost, grows: -2 });
});

/** What SSTORE costs, and what it adds to the refund counter. */
export function sstorePrice(
  r: RowBuilder,
  { current, original, warm }: Slot,
  value: Halves,
): { readonly cost: Linear; readonly refund: Linear } {
  const same = (one: Halves, other: Halves): Linear =>
    r.product(r.isZero(one.lo.minus(other.lo)), r.isZero(one.hi.minus(other.hi)));
  // Halves are below 2^128: their sum is 0 only if both are.
  const empty = ({ lo, hi }: Halves): Linear => r.isZero(lo.plus(hi));
  const [zeroOriginal, zeroCurrent, zeroValue] = [empty(original), empty(current), empty(value)];
  const unchanged = same(value, current);
  const clean = same(current, original);
  const restored = same(value, original);
  const changes = r.on.minus(unchanged);
  /** The transaction's first change of the slot. */
  const first = r.product(changes, clean);
  const later = changes.minus(first);

  const price = r.product(
    first,
    r.on.times(GAS.reset - GAS.warm).plus(zeroOriginal.times(GAS.set - GAS.reset)),
  );
  const cold = r.on.minus(warm).times(GAS.cold);
  const cost = price.plus(cold).plus(GAS.warm);

  // Of an original that is not 0: cleared now, +4,800; no longer cleared, -4,800.
  const clears = r.product(changes, zeroValue.minus(zeroCurrent));
  const clearing = r.product(clears, r.on.minus(zeroOriginal)).times(REFUND.clear);
  const restoring = r.product(
    r.product(later, restored),
    r.on.times(REFUND.resetValue).plus(zeroOriginal.times(REFUND.resetSet - REFUND.resetValue)),
  );
  return { cost, refund: clearing.plus(restoring) };
}
