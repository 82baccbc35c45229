import { expect } from "chai";
import {
  InclusionTimeoutError,
  TransactionDroppedError,
  TransactionUnknownError,
  type TransactionStatus,
} from "lockstep-client";
import { untilIncluded } from "../../packages/client/src/inclusion/until-included.ts";

const hash = `0x${"ab".repeat(32)}` as const;
const queued: TransactionStatus = { state: "queued" };
const retrying: TransactionStatus = {
  state: "retrying",
  code: "L1_UNREACHABLE",
  reason: "gone",
  attempts: 1,
};
const dropped: TransactionStatus = {
  state: "dropped",
  code: "NONCE_TOO_LOW",
  reason: "used",
  data: undefined,
};

describe("waiting for a transaction", () => {
  const watched = { hash, pollingInterval: 1 };
  const none = async () => undefined;

  async function thrown(promise: Promise<unknown>): Promise<unknown> {
    return await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  it("goes on through trouble that is not the transaction's own, and tells each state once", async () => {
    const told: string[] = [];
    let asked = 0;
    const receipt = await untilIncluded({
      ...watched,
      receipt: async () => (++asked > 6 ? "receipt" : undefined),
      status: async () => (asked < 3 || asked > 4 ? queued : retrying),
      onStatus: ({ state }) => told.push(state),
    });
    expect(receipt).to.equal("receipt");
    expect(told).to.deep.equal(["queued", "retrying", "queued"]);
  });

  it("takes the receipt of one that reverted in a block for more than the builder's word", async () => {
    let asked = 0;
    const receipt = async () => (++asked > 1 ? "reverted" : undefined);
    expect(await untilIncluded({ ...watched, receipt, status: async () => dropped })).to.equal("reverted");
    const error = await thrown(untilIncluded({ ...watched, receipt: none, status: async () => dropped }));
    expect(error).to.be.instanceOf(TransactionDroppedError).and.to.include({ code: "NONCE_TOO_LOW", hash });
  });

  it("forgives a node that does not know it yet, and ends if it stays unknown", async () => {
    const unknown: TransactionStatus = { state: "unknown" };
    let asked = 0;
    const status = async () => (++asked < 4 ? unknown : queued);
    const late = async () => (asked > 5 ? "receipt" : undefined);
    expect(await untilIncluded({ ...watched, receipt: late, status })).to.equal("receipt");
    const error = await thrown(untilIncluded({ ...watched, receipt: none, status: async () => unknown }));
    expect(error).to.be.instanceOf(TransactionUnknownError);
  });

  it("ends for one that is included on another chain: there is no receipt of it here", async () => {
    const included: TransactionStatus = { state: "included" };
    const waiting = untilIncluded({ ...watched, receipt: none, status: async () => included, patience: 20 });
    expect(await thrown(waiting)).to.be.instanceOf(TransactionUnknownError);
  });

  it("ends after the time that the caller gives, with the state that it had", async () => {
    const waiting = untilIncluded({ ...watched, receipt: none, status: async () => retrying, timeout: 20 });
    expect(await thrown(waiting))
      .to.be.instanceOf(InclusionTimeoutError)
      .and.to.include({ state: "retrying", hash });
  });
});
