import { HALF_MAX } from "../../bus/halves.ts";
import { row, type RowType } from "../../bus/row.ts";

/**
 * A row of the code in a slot. That it is one follows from the factor: L1 opens the product of all factors of
 * the slot against the polynomial of the registered code, whose roots are its rows, each once
 * (docs/proving-evm.md, section 5).
 */
export function codeRow(slot: number): RowType {
  return row(`codeRow${slot}`, `\`row\` is a row of the code in slot ${slot}`, (r) => {
    const value = r.given("row");
    const times = r.multiplicity("times");
    r.bounded(value, (1n << 192n) - 1n, "L1 opens the slot's product, so it is a row of a registered code");
    r.vouch(slot, value);
    r.send("code", { row: value, slot }, times);
  });
}

/**
 * The hash of the code in a slot. L1 opens a product in which the factor of this tuple stands once, so there
 * is one such row in all proofs of a statement, and its hash is the code's.
 */
export function codeHead(slot: number): RowType {
  return row(`codeHead${slot}`, `the code in slot ${slot} has the hash hi·2^128 + lo`, (r) => {
    const [lo, hi] = [r.given("lo"), r.given("hi")];
    const times = r.multiplicity("times");
    const because = "L1 opens the slot's product with the halves of the code's hash";
    for (const half of [lo, hi]) r.bounded(half, HALF_MAX, because);
    r.vouchTuple(slot, "codeHead", { lo, slot, hi });
    r.send("slot", { lo, slot, hi }, times);
  });
}
