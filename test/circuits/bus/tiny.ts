import { RowCircuit } from "../../../circuits/bus/circuit.ts";
import { row } from "../../../circuits/bus/row.ts";
import { codeHead, codeRow } from "../../../circuits/evm/code/rows.ts";

/** A row with one of each thing that a row can have. */
export const mixed = row("mixed", "nothing in particular", (r) => {
  const [lo, hi, time, old, digest] = ["lo", "hi", "time", "old", "digest"].map((name) => r.given(name));
  if (!lo || !hi || !time || !old || !digest) throw new RangeError("five wires were made");
  const flag = r.flag("flag");
  const isSmall = r.flagHint("isSmall", [hi], (value) => (value < 4096n ? 1n : 0n));
  const isSame = r.isZero(lo.minus(hi));
  const hash = r.hash(lo, hi);
  r.equal(hash, digest, "the digest is the hash where the flag is 1", flag);
  r.range(lo, 128);
  r.range(hi, 30);
  r.range(hi, 12, isSmall);
  r.range(time, 32);
  r.before(old, time, flag);
  r.multiply(lo.minus(hi), time, r.product(time, lo).minus(r.product(time, hi)), "a product of sums");
  r.receive("memory", { lo, context: 7, time: old, index: r.choose(flag, 3, hi), hi }, flag);
  r.send("returned", { lo, context: 8, index: r.pack([hi, 30]), hi: 5 });
  r.send("closed", { context: hi }, isSmall);
  r.send("value", { after: digest.times(-3), key: hi.plus(lo), before: hi.minus(lo) }, isSame);
  r.receive("and", { result: isSmall, one: isSmall, other: 1 });
  r.receive("power", { lo: 0, exponent: 130, hi: 4 }, flag);
});

/** The circuit of these rows, with two slots, of which one has rows. */
export const tiny = new RowCircuit({
  rows: [
    { type: mixed, capacity: 3 },
    { type: codeHead(0), capacity: 1 },
    { type: codeRow(0), capacity: 4 },
  ],
  slots: 2,
});
