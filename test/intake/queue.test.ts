import { expect } from "chai";
import { type Hex, toHex } from "viem";
import { type AcceptedTransaction, rollupTransaction } from "../../builder/intake/accepted.ts";
import { OutcomeStore } from "../../builder/intake/outcomes.ts";
import { PendingStore } from "../../builder/intake/pending.ts";
import { type QueueLimits, TransactionQueue } from "../../builder/intake/queue.ts";
import { BusyError } from "../../builder/intake/errors.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { codeOf } from "../../builder/protocol/errors.ts";

const A = chainId(1n);

/** Its bytes say who signed it, and what it pays. */
const transaction = (signer: number, fee: number, nonce = 0): AcceptedTransaction =>
  rollupTransaction(A, toHex(Uint8Array.of(signer >> 8, signer, fee, nonce)));
const byteOf = ({ data }: { data: Hex }, at: number): number =>
  Number(`0x${data.slice(2 + 2 * at, 4 + 2 * at)}`);

/** Takes as long as it is told to. */
class SlowStore extends PendingStore {
  written: Promise<void> = Promise.resolve();

  override async add(transaction: AcceptedTransaction, block?: bigint): Promise<void> {
    await this.written;
    await super.add(transaction, block);
  }
}

function queueOf(
  limits: Partial<QueueLimits> = {},
  pending = new PendingStore(undefined, 31337n),
): TransactionQueue {
  return new TransactionQueue({
    pending,
    outcomes: new OutcomeStore(undefined),
    l1ChainId: 31337n,
    signerOf: (each) => `${byteOf(each, 0)}.${byteOf(each, 1)}`,
    feeOf: (each) => (byteOf(each, 2) === 255 ? undefined : BigInt(byteOf(each, 2))),
    limits,
  });
}

describe("the queue of transactions", () => {
  const codeOfClaim = (queue: TransactionQueue, each: AcceptedTransaction): string | undefined => {
    try {
      queue.claim(queue.claimOf(each))[Symbol.dispose]();
      return undefined;
    } catch (error) {
      return codeOf(error);
    }
  };

  it("has those that pay first, most first, and each signer's in their order", async () => {
    const queue = queueOf();
    // Of a kind that knows no fees.
    const ledger = transaction(6, 255);
    const [free, cheap, dear, late] = [
      transaction(1, 0),
      transaction(2, 5),
      transaction(3, 9),
      transaction(4, 9),
    ];
    // The second one of this signer pays most, and waits for its first.
    const [first, second] = [transaction(5, 2, 0), transaction(5, 200, 1)];
    const all = [free, first, ledger, cheap, dear, second, late];
    for (const each of all) await queue.add(each, 1n);
    expect(queue.inOrder()).to.deep.equal([dear, ledger, late, cheap, first, second, free]);
    expect(queue.pending()).to.deep.equal(all);
    await queue.finish(dear, { state: "failed", code: "BUSY", reason: "" });
    expect(queue.inOrder()).to.deep.equal([late, ledger, cheap, first, second, free]);
  });

  it("lets hundreds of fresh accounts wait for nothing, and still takes all that pay", async () => {
    const queue = queueOf({ all: 900, free: 500 });
    let refused = 0;
    for (let signer = 0; signer < 600; signer++) {
      const each = transaction(signer, 0);
      if (codeOfClaim(queue, each) === undefined) await queue.add(each, 1n);
      else refused++;
    }
    expect([queue.size, refused]).to.deep.equal([500, 100]);
    for (let signer = 1000; signer < 1400; signer++) {
      const each = transaction(signer, 1);
      expect(codeOfClaim(queue, each)).to.equal(undefined);
      await queue.add(each, 1n);
    }
    expect(
      queue
        .inOrder()
        .slice(0, 400)
        .every((each) => byteOf(each, 2) === 1),
    ).to.equal(true);
    expect(codeOfClaim(queue, transaction(2000, 1))).to.equal("BUSY");
  });

  it("counts what is being played, and forgets what has gone or was replaced", async () => {
    const queue = queueOf({ free: 2 });
    const [one, two, three] = [transaction(1, 0), transaction(2, 0), transaction(3, 0)];
    const place = queue.claim(queue.claimOf(one));
    queue.claim(queue.claimOf(two));
    expect(codeOfClaim(queue, three)).to.equal("BUSY");
    expect(codeOfClaim(queue, transaction(3, 1))).to.equal(undefined);
    place[Symbol.dispose]();
    expect(codeOfClaim(queue, three)).to.equal(undefined);
    await queue.add(one, 1n);
    expect(codeOfClaim(queue, three)).to.equal("BUSY");
    const failed = { state: "failed", code: "REPLACED", reason: "" } as const;
    const better = transaction(1, 7);
    await queue.replace(one, better, failed, 1n);
    expect(codeOfClaim(queue, three)).to.equal(undefined);
    await queue.add(three, 1n);
    expect(codeOfClaim(queue, transaction(4, 0))).to.equal("BUSY");
    await queue.finish(three, failed);
    expect(codeOfClaim(queue, transaction(4, 0))).to.equal(undefined);
    expect(queue.inOrder()).to.deep.equal([better]);
  });

  it("says that one took another's place before anything is done with it", async () => {
    const queue = queueOf();
    const [one, better] = [transaction(1, 1), transaction(1, 2)];
    await queue.add(one, 1n);
    const seen: string[] = [];
    const take = async () => {
      while (!queue.inOrder().includes(better)) await Promise.resolve();
      seen.push("taken");
    };
    const failed = { state: "failed", code: "REPLACED", reason: "" } as const;
    const replaced = queue.replace(one, better, failed, 1n, () => seen.push("entered"));
    await Promise.all([take(), replaced.then(() => seen.push("replaced"))]);
    expect(seen).to.deep.equal(["entered", "taken", "replaced"]);
  });

  describe("while the disk takes one that is to take another's place", () => {
    const failed = { state: "failed", code: "REPLACED", reason: "" } as const;
    const [one, better, other] = [transaction(1, 5), transaction(1, 7), transaction(2, 1)];

    async function replaceSlowly(meanwhile: (queue: TransactionQueue) => Promise<void> | void) {
      const store = new SlowStore(undefined, 31337n);
      const queue = queueOf({}, store);
      await queue.add(one, 1n);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      store.written = promise;
      const replaced = queue.replace(one, better, failed, 1n);
      store.written = Promise.resolve();
      await meanwhile(queue);
      resolve(undefined);
      return { queue, was: await replaced };
    }

    it("nothing that comes is lost", async () => {
      const { queue, was } = await replaceSlowly((slow) => slow.add(other, 1n));
      expect(was).to.equal("waiting");
      expect(queue.inOrder()).to.deep.equal([better, other]);
    });

    it("nothing that goes comes back, the other one included", async () => {
      const { queue, was } = await replaceSlowly((slow) =>
        slow.finish(one, { ...failed, code: "NONCE_TOO_LOW" }),
      );
      expect(was).to.equal("gone");
      expect(queue.statusOf(one.hash)).to.deep.include({ code: "NONCE_TOO_LOW" });
      expect(queue.inOrder()).to.deep.equal([better]);
    });

    it("the other one stays if it is proven by now", async () => {
      const { queue, was } = await replaceSlowly((slow) => {
        slow.proving([one]);
      });
      expect(was).to.equal("proving");
      expect(queue.inOrder()).to.deep.equal([one]);
    });
  });

  it("takes nothing that is free where it shall not", () => {
    const queue = queueOf({ free: 0 });
    expect(codeOfClaim(queue, transaction(1, 0))).to.equal("FEE_REQUIRED");
    expect(codeOfClaim(queue, transaction(1, 1))).to.equal(undefined);
    expect(codeOfClaim(queue, transaction(1, 255))).to.equal(undefined);
  });

  it("says when to try again", async () => {
    const queue = queueOf({ perSender: 1 });
    const each = transaction(1, 0);
    await queue.add(each, 1n);
    expect(() => queue.claim(queue.claimOf(transaction(1, 0, 1))))
      .to.throw(BusyError)
      .with.property("retryAfter")
      .that.is.a("number");
    expect(queue.pendingBy(queue.signerOf(each) ?? "")).to.deep.equal([each]);
  });
});
