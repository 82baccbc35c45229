import { row } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { BLOCK_KEY } from "./constants.ts";
import { IN_STATE, keptOf } from "./kept.ts";

const TIME_BITS = 64;

/**
 * The state's block before and after the visit. Its time does not go back, whatever becomes of the visit: so
 * each statement has this row, which alone says which number the block has.
 *
 * given: exists, number, blockTime (of the state before), timestamp (the batch's), read (how often the
 * block's number is received); keeps.
 */
export const blockLeaf = row("blockLeaf", "the visit's block follows the state's, or is the same", (r) => {
  const exists = r.flag("exists");
  const number = r.given("number");
  const blockTime = r.given("blockTime");
  const isAbsent = r.on.minus(exists);
  r.equal(number, 0, "before the first block there is none", isAbsent);
  r.equal(blockTime, 0, "nor a time", isAbsent);
  r.bounded(number, (1n << 64n) - 2n, "one block a visit, and fewer visits than that");
  r.bounded(blockTime, (1n << 64n) - 1n, IN_STATE);

  const timestamp = r.given("timestamp");
  r.receive("attribute", {
    context: STATEMENT_CONTEXT,
    kind: STATEMENT_ATTRIBUTE.timestamp,
    lo: timestamp,
    hi: 0,
  });
  const elapsed = timestamp.minus(blockTime);
  r.range(elapsed, TIME_BITS);
  const isNext = r.on.minus(r.isZero(elapsed));
  const numberAfter = number.plus(isNext);
  const block = { context: STATEMENT_CONTEXT, kind: STATEMENT_ATTRIBUTE.number, hi: 0 };
  r.bounded(numberAfter, (1n << 64n) - 1n, "the number and 0 or 1");
  r.send("attribute", { ...block, lo: numberAfter }, r.multiplicity("read"));

  const before = r.product(exists, r.hash(number, blockTime));
  // A block of number and time 0 is none.
  const isThere = exists.plus(r.product(isAbsent, isNext));
  const after = r.product(isThere, r.hash(numberAfter, timestamp));
  r.receive("value", { key: r.on.times(BLOCK_KEY), before, after: keptOf(r, before, after) });
});
