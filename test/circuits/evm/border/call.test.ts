import { expect } from "chai";
import { type Address, concatHex, type Hex, zeroAddress } from "viem";
import { NotYetProvableError } from "../../../../builder/kinds/evm/trace/errors.ts";
import { SYSTEM } from "../../../../builder/kinds/evm/system.ts";
import { callAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { OTHER, SELF, type TestRollup, type VisitRun } from "../../../kinds/evm/reference/rollup.ts";
import { BorderRollup } from "../support/border.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const INCREMENT: Hex = "0xd09de08a";

describe("evm: visits that a CALL begins", () => {
  let border: BorderRollup;
  let rollup: TestRollup;
  let counter: Address;

  before(async () => {
    border = await BorderRollup.open();
    ({ rollup, counter } = border);
  });

  after(() => border[Symbol.asyncDispose]());

  const call = (fields: Partial<Parameters<typeof callAction>[0]> = {}): Parameters<TestRollup["run"]>[0] =>
    callAction({
      from: L1,
      to: SELF,
      sender: SENDER,
      target: counter,
      value: 0n,
      isStatic: false,
      data: INCREMENT,
      ...fields,
    });
  /** Plays a visit, and traces it. */
  const check = async (fields: Partial<Parameters<typeof callAction>[0]> = {}): Promise<VisitRun> => {
    const run = await rollup.run(call(fields));
    expect(border.flawsOf(await border.trace(run))).to.deep.equal([]);
    return run;
  };

  it("increment a counter: with a new proxy and a new slot, and again", async () => {
    const first = await check();
    expect(first.visit.actions[1]?.data).to.equal(`0x${"1".padStart(64, "0")}`);
    expect(first.visit.rootAfter).not.to.equal(first.visit.rootBefore);
    const second = await check();
    expect(second.visit.actions[1]?.data).to.equal(`0x${"2".padStart(64, "0")}`);
  });

  it("come from another rollup, with gas for L1", async () => {
    await check({ from: OTHER, gas: 4_000_000 });
  });

  it("pass Ether on to accounts without code, new and known", async () => {
    for (const value of [5n, 0n, 7n]) await check({ target: NOBODY, value, data: "0x1234" });
    await check({ target: NOBODY, data: concatHex(["0x01", `0x${"00".repeat(40)}`]) });
  });

  it("pass Ether on to contracts, to whom fees go to, and to the caller's own address", async () => {
    // Stores its balance; and the same, but reverts if there is some.
    const payable = (await rollup.deploy("0x475f5500")).address;
    const picky = (await rollup.deploy("0x475f5547600857005b5f5ffd")).address;
    const balance = (address: Address): bigint => rollup.store.account(address)?.balance ?? 0n;
    for (const target of [payable, zeroAddress, SENDER])
      for (const value of [6n, 0n, 8n]) {
        const before = balance(target);
        const run = await check({ target, value, data: "0x" });
        expect(run.visit.actions[1]?.failed).to.equal(false);
        expect(balance(target)).to.equal(before + value);
      }
    for (const value of [6n, 0n]) {
      const run = await check({ target: picky, value, data: "0x" });
      expect(run.visit.actions[1]?.failed).to.equal(value > 0n);
      expect(balance(picky)).to.equal(0n);
    }
  });

  it("leave nothing when they fail", async () => {
    // The function takes no Ether.
    const run = await check({ value: 3n, sender: NOBODY });
    expect(run.visit.actions[1]?.failed).to.equal(true);
    expect(run.visit.rootAfter).to.equal(run.visit.rootBefore);
  });

  it("leave nothing when they are static", async () => {
    const read = await check({ isStatic: true, data: "0x06661abd", sender: NOBODY });
    expect(read.visit.rootAfter).to.equal(read.visit.rootBefore);
    const write = await check({ isStatic: true });
    expect(write.visit.actions[1]?.failed).to.equal(true);
  });

  it("are refused by name when no row covers them", async () => {
    for (const target of [SYSTEM, "0x0000000000000000000000000000000000000004"] as const) {
      const run = await rollup.run(call({ target }));
      const error = await border.trace(run).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(NotYetProvableError);
    }
  });
});
