import { expect } from "chai";
import { Lanes } from "../../builder/core/lanes.ts";
import { Waiting } from "../../builder/core/waiting.ts";
import { type AcceptedTransaction, rollupTransaction } from "../../builder/intake/accepted.ts";
import { OutcomeStore } from "../../builder/intake/outcomes.ts";
import { PendingStore } from "../../builder/intake/pending.ts";
import { TransactionQueue } from "../../builder/intake/queue.ts";
import { chainId } from "../../builder/protocol/ids.ts";

describe("what waits", () => {
  const rollup = chainId(1);

  async function queueOf(transactions: readonly AcceptedTransaction[]): Promise<TransactionQueue> {
    const queue = new TransactionQueue({
      pending: new PendingStore(undefined, 31337n),
      outcomes: new OutcomeStore(undefined),
      l1ChainId: 31337n,
      signerOf: () => undefined,
      feeOf: () => undefined,
    });
    for (const transaction of transactions) await queue.add(transaction, 0n);
    return queue;
  }

  it("is forgotten when it is done with, however that came about", async () => {
    const transactions = [rollupTransaction(rollup, "0x01"), rollupTransaction(rollup, "0x02")];
    const queue = await queueOf(transactions);
    const pending = { rollupsOf: () => undefined };
    const options = {
      queue,
      pending,
      signerOf: () => undefined,
      isProven: () => false,
    };
    const waiting = new Waiting(options, new Lanes());
    for (const transaction of transactions) {
      waiting.hold(transaction);
      waiting.doubt(transaction);
    }
    waiting.choose();
    expect(waiting.remembered).to.equal(4);
    // As when it is found on L1.
    for (const transaction of transactions)
      await queue.finish(transaction, {
        state: "posted",
        l1Transaction: transaction.hash,
        blockNumber: 1n,
        timings: {},
      });
    waiting.choose();
    expect(waiting.remembered).to.equal(0);
  });

  it("is tried alone once it met a fault, and holds up no other", async () => {
    const [first, second] = [rollupTransaction(rollup, "0x01"), rollupTransaction(rollup, "0x02")];
    const queue = await queueOf([first, second]);
    const pending = { rollupsOf: () => undefined };
    const options = {
      queue,
      pending,
      signerOf: () => undefined,
      isProven: () => false,
    };
    const waiting = new Waiting(options, new Lanes());
    waiting.hold(first);
    expect(waiting.choose()).to.deep.equal([second]);
  });
});
