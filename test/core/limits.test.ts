import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import {
  BatchTooLargeError,
  checkTransaction,
  fitsBatch,
  loadWith,
  MAX_RETURN_BYTES,
  NO_LOAD,
  type Outline,
} from "../../builder/batch/limits.ts";
import { MAX_TABLE_BYTES } from "../../builder/batch/table-layout.ts";
import { callAction, l2txAction, resultAction } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";

const A = chainId(1n);
const somebody = numberToHex(0xabcn, { size: 20 });
const bytes = (count: number): Hex => `0x${"5a".repeat(count)}`;
const call = (from: typeof A, to: typeof A, data: Hex) =>
  callAction({
    from,
    to,
    sender: somebody,
    target: somebody,
    value: 0n,
    isStatic: false,
    gas: to === L1 ? 100_000 : 0,
    data,
  });
const result = (from: typeof A, to: typeof A, data: Hex) => resultAction({ from, to, failed: false, data });
const visits = [{ rollup: A }];

/** A transaction of A that calls L1 with so much and is answered with so much. */
const outward = (there: number, back: number): Outline => ({
  actions: [
    l2txAction(A, "0x1234"),
    call(A, L1, bytes(there)),
    result(L1, A, bytes(back)),
    result(A, L1, "0x01"),
  ],
  visits,
  marks: [],
});
/** A call of L1's to A with so much, answered with so much. */
const inward = (there: number, back: number): Outline => ({
  actions: [call(L1, A, bytes(there)), result(A, L1, bytes(back))],
  visits,
  marks: [],
});

describe("what L1 can take of one transaction", () => {
  const refusalOf = (outline: Outline): string | undefined => {
    try {
      checkTransaction([outline]);
      return undefined;
    } catch (error) {
      if (!(error instanceof BatchTooLargeError)) throw error;
      return error.message;
    }
  };

  it("is known before it is accepted, with the number and its limit", () => {
    expect(refusalOf(outward(20_000, MAX_RETURN_BYTES))).to.equal(undefined);
    expect(refusalOf(outward(4, MAX_RETURN_BYTES + 1))).to.match(/L1 returns to a rollup: 32769.*32768/);
    expect(refusalOf(outward(60_000, 4))).to.match(/a rollup sends to L1: 60000.*24575/);
    expect(refusalOf(inward(4, 32_768))).to.match(/bytes of table: \d+.*24575/);
    expect(refusalOf(inward(60_000, 4))).to.equal(undefined);
    expect(refusalOf(inward(121_000, 4))).to.match(/bytes of the batch: \d+.*120000/);
  });

  it("adds up, so that a batch is cut before anything is proven", () => {
    const one = [inward(4, 2_000)];
    let [sum, count] = [loadWith(NO_LOAD, one), 1];
    while (fitsBatch(sum)) [sum, count] = [loadWith(sum, one), count + 1];
    expect(count).to.be.within(8, Math.ceil(MAX_TABLE_BYTES / 2_000));
    expect(fitsBatch(loadWith(NO_LOAD, [outward(4, 4)]))).to.equal(true);
  });
});
