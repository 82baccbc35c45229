import { expect } from "chai";
import type { Address } from "viem";
import { ProvenRollup } from "./proven-rollup.ts";

const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const FEES = { gas: 90_000n, maxFeePerGas: 5n, maxPriorityFeePerGas: 3n };

/** Transactions of a rollup, proven and verified by the real contract. */
describe("proven transactions", function () {
  this.timeout(600_000);
  let rollup: ProvenRollup;

  before(async () => {
    rollup = await ProvenRollup.open();
  });
  after(() => rollup.close());

  const answerTo = async (fields: { to: Address; value?: bigint; nonce?: number }) => {
    const proven = await rollup.prove(await rollup.transaction({ ...FEES, ...fields }));
    await rollup.verify(proven);
    const { actions, rootBefore, rootAfter } = proven.run.visit;
    return { answer: actions[1], moves: rootBefore !== rootAfter };
  };

  it("send Ether", async () => {
    const { answer, moves } = await answerTo({ to: NOBODY, value: 7n });
    expect(answer).to.deep.include({ failed: false, data: "0x01" });
    expect(moves).to.equal(true);
  });

  it("revert after they have written: fee and nonce are all that lasts", async () => {
    // 7 to slot 0, which is read, then 8; slot 1 is read and the frame reverts.
    const to = await rollup.deploy("0x60075f555f5460085f555f6001545ffd");
    const { answer, moves } = await answerTo({ to, value: 9n });
    expect(answer).to.deep.include({ failed: false, data: "0x00" });
    expect(moves).to.equal(true);
  });

  it("are invalid: nothing happens", async () => {
    const { answer, moves } = await answerTo({ to: NOBODY, nonce: 99 });
    expect(answer).to.deep.include({ failed: true, data: "0x" });
    expect(moves).to.equal(false);
  });
});
