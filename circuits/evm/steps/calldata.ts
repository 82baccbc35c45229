import { linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";
import { FRAME_ATTRIBUTE } from "../attributes.ts";
import { placeWithin, wordAcross } from "./across.ts";
import { beginStep, endStep } from "./step.ts";
import { pop, popAs, replace } from "./stack.ts";

const CALLDATALOAD = 0x35;

export const calldataLoad = row(
  "calldataLoad",
  "CALLDATALOAD of a word that begins at a multiple of 32",
  (r) => {
    const step = beginStep(r, CALLDATALOAD);
    const { context } = step;
    const index = r.given("index");
    popAs(r, step, 0, "offset", { lo: index.times(32), hi: linear(0) });
    const word = { lo: r.given("lo"), hi: r.given("hi") };
    r.receive("calldata", { ...word, context, index });
    replace(r, step, 1, word);
    endStep(r, step, { cost: 3 });
  },
);

export const calldataAcross = row(
  "calldataAcross",
  "CALLDATALOAD of a word that begins within one of the data and ends in the next, or behind the last",
  (r) => {
    const step = beginStep(r, CALLDATALOAD);
    const { context } = step;
    const index = r.given("index");
    const place = placeWithin(r);
    popAs(r, step, 0, "offset", { lo: index.times(32).plus(place.offset), hi: linear(0) });
    const first = { lo: r.given("firstLo"), hi: r.given("firstHi") };
    const second = { lo: r.given("secondLo"), hi: r.given("secondHi") };
    r.receive("calldata", { ...first, context, index });
    r.receive("calldata", { ...second, context, index: index.plus(1) });
    replace(r, step, 1, wordAcross(r, [first, second], place));
    endStep(r, step, { cost: 3 });
  },
);

export const calldataBeyond = row("calldataBeyond", "CALLDATALOAD behind the end of the data: 0", (r) => {
  const step = beginStep(r, CALLDATALOAD);
  const { context } = step;
  const offset = pop(r, step, 0, "offset");
  const size = r.given("size");
  r.receive("attribute", { lo: size, context, kind: FRAME_ATTRIBUTE.callDataSize, hi: 0 });
  const short = r.isZero(offset.hi);
  r.range(offset.lo.minus(size), 128, short);
  replace(r, step, 1, { lo: 0, hi: 0 });
  endStep(r, step, { cost: 3 });
});
