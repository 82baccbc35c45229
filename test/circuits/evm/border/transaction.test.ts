import { expect } from "chai";
import { type Address, type Hex, parseGwei, zeroAddress } from "viem";
import { NotYetProvableError } from "../../../../builder/kinds/evm/trace/errors.ts";
import { StatementRefusedError } from "../../../../builder/kinds/evm/reference/errors.ts";
import { lowerCase } from "../../../../builder/protocol/address.ts";
import { type Action, l2txAction, resultAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import {
  L1_CHAIN_ID,
  SELF,
  type TestRollup,
  USER,
  type VisitRun,
} from "../../../kinds/evm/reference/rollup.ts";
import { BorderRollup } from "../support/border.ts";

const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const INCREMENT: Hex = "0xd09de08a";

describe("evm: visits that an L2TX begins", () => {
  let border: BorderRollup;
  let rollup: TestRollup;
  let counter: Address;

  before(async () => {
    border = await BorderRollup.open();
    ({ rollup, counter } = border);
  });

  after(() => border[Symbol.asyncDispose]());

  /** Plays a visit, and traces it. */
  const check = async (fields: Parameters<TestRollup["signed"]>[0]): Promise<VisitRun> => {
    const run = await rollup.run(await rollup.signed(fields));
    expect(border.flawsOf(await border.trace(run))).to.deep.equal([]);
    return run;
  };

  it("send Ether, with and without a fee, of every type", async () => {
    await check({ to: NOBODY, value: 5n, gas: 21_000n });
    await check({
      to: NOBODY,
      value: 5n,
      gas: 30_000n,
      maxFeePerGas: parseGwei("3"),
      maxPriorityFeePerGas: 7n,
    });
    await check({ to: NOBODY, value: 0n, type: "legacy", gasPrice: 11n, data: "0x00ff00ff00" });
    await check({ to: NOBODY, value: 1n, type: "eip2930", gasPrice: 2n });
  });

  it("send Ether to the signer itself, to whom fees go to, and to a contract", async () => {
    const signer = lowerCase(USER.address);
    const payable = (await rollup.deploy("0x00")).address;
    const fees = { gas: 60_000n, maxFeePerGas: 5n, maxPriorityFeePerGas: 3n };
    const balance = (address: Address): bigint => rollup.store.account(address)?.balance ?? 0n;
    for (const to of [signer, zeroAddress, payable, zeroAddress])
      for (const value of [7n, 0n]) {
        const before = [balance(signer), balance(to)] as const;
        const { visit } = await check({ to, value, ...fees });
        expect(visit.actions[1]?.data).to.equal("0x01");
        const cost = 21_000n * 3n + (to === signer ? 0n : value);
        expect(balance(signer)).to.equal(before[0] - cost);
        if (to === payable) expect(balance(to)).to.equal(before[1] + value);
        if (to === zeroAddress) expect(balance(to)).to.equal(before[1] + value + 21_000n * 3n);
      }
  });

  it("leave an account that is sent nothing as absent as it was", async () => {
    const address: Address = "0x00000000000000000000000000000000000f00ba";
    const { size } = (await check({ to: address, value: 0n, gas: 21_000n })).witness;
    expect((await check({ to: address, value: 0n, gas: 21_000n })).witness.size).to.equal(size);
    await check({ to: address, value: 1n, gas: 21_000n });
    expect((await check({ to: address, value: 0n, gas: 21_000n })).witness.size).to.equal(size + 1n);
  });

  it("call a contract, with a fee and a refund", async () => {
    await check({ to: counter, data: INCREMENT, maxPriorityFeePerGas: 3n, maxFeePerGas: 3n });
    await check({ to: counter, data: INCREMENT, maxPriorityFeePerGas: 3n, maxFeePerGas: 5n });
  });

  it("revert: the fee is paid, and nothing else happens", async () => {
    const run = await check({
      to: counter,
      data: INCREMENT,
      value: 9n,
      maxPriorityFeePerGas: 3n,
      maxFeePerGas: 5n,
    });
    expect(run.visit.actions[1]?.data).to.equal("0x00");
    expect(run.visit.actions[1]?.failed).to.equal(false);
  });

  it("undo what was written, when they revert or halt", async () => {
    // PUSH1 1 PUSH0 SSTORE, PUSH1 2 PUSH0 SSTORE, PUSH0 PUSH1 1 SSTORE (was 0), PUSH1 1 SLOAD, then the end.
    const writes = "60015f5560025f555f60015560015450";
    const ends = { revert: "5f5ffd", invalid: "fe", underflow: "01", "out of gas": "5b600056" };
    for (const [end, code] of Object.entries(ends)) {
      const { address } = await rollup.deploy(`0x${writes}${code}`);
      const before = rollup.store.stateRoot();
      const fees = { maxPriorityFeePerGas: 3n, maxFeePerGas: 5n };
      const run = await check({ to: address, value: 4n, gas: 90_000n, ...fees });
      expect(run.visit.actions[1]?.data, end).to.equal("0x00");
      expect(run.visit.rootAfter).not.to.equal(before);
    }
  });

  it("have the contract see the value that came along, whatever becomes of it", async () => {
    // Halts unless there is some (or if there is); stores it; stores it and reverts.
    for (const code of ["0x47600557fe5b00", "0x4715600657fe5b00", "0x475f5500", "0x475f555f5ffd"] as const) {
      const { address } = await rollup.deploy(code);
      for (const value of [0n, 4n, 0n])
        await check({ to: address, value, gas: 90_000n, maxPriorityFeePerGas: 3n, maxFeePerGas: 5n });
    }
  });

  it("refund nothing for what was undone", async () => {
    // Stores 1, if the calldata's word is not 0; else clears the slot and reverts.
    const { address } = await rollup.deploy("0x5f35600b575f5f555f5ffd5b60015f5500");
    for (const value of ["00", "01", "00", "00", "01"]) {
      const data: Hex = `0x${value.padStart(64, "0")}`;
      await check({ to: address, data, maxPriorityFeePerGas: 3n, maxFeePerGas: 3n });
    }
  });

  it("refund for slots that are cleared, as far as a fifth of the gas", async () => {
    // PUSH1 value PUSH0 SSTORE with the value from the calldata, then as many JUMPDESTs as there is gas for.
    const { address } = await rollup.deploy("0x5f355f5500");
    for (const value of ["01", "00"]) {
      const data: Hex = `0x${value.padStart(64, "0")}`;
      await check({ to: address, data, maxPriorityFeePerGas: 3n, maxFeePerGas: 3n });
    }
  });

  it("run out of gas at a slot that nothing else asks for", async () => {
    // PUSH0 SLOAD, with gas for a warm slot.
    const { address } = await rollup.deploy("0x5f54");
    const run = await check({ to: address, gas: 21_500n });
    expect(run.visit.actions[1]?.data).to.equal("0x00");
  });

  it("use at least the floor of their calldata", async () => {
    await check({ to: NOBODY, data: `0x${"ab".repeat(300)}`, maxPriorityFeePerGas: 3n, maxFeePerGas: 3n });
  });

  it("drop what a frame returns that is longer than a word", async () => {
    // PUSH1 64 PUSH0 RETURN
    const { address } = await rollup.deploy("0x60405ff3");
    await check({ to: address, maxPriorityFeePerGas: 1n, maxFeePerGas: 1n });
  });

  describe("that is not valid have no effect", () => {
    const signer = (): Address => lowerCase(USER.address);
    /** The statement of an invalid transaction: no interpreter plays it. */
    const statementOf = (action: Action): VisitRun => {
      const { store } = rollup;
      const root = store.stateRoot();
      const witness = store.witnessOf({
        accounts: new Set([signer(), NOBODY, zeroAddress]),
        slots: new Map(),
      });
      const answer = resultAction({ from: SELF, to: L1, failed: true, data: "0x" });
      const header = {
        l1ChainId: L1_CHAIN_ID,
        manager: NOBODY,
        rollup: SELF,
        timestamp: store.block.timestamp + 5n,
        blobs: 0n,
      };
      return { header, visit: { rootBefore: root, rootAfter: root, actions: [action, answer] }, witness };
    };
    const cases: [string, Parameters<TestRollup["signed"]>[0]][] = [
      ["another nonce", { nonce: 77 }],
      ["a greater nonce than there are", { nonce: Number.MAX_SAFE_INTEGER }],
      ["too little gas for what it costs before it begins", { gas: 20_999n }],
      ["too little gas for its calldata's floor", { gas: 25_000n, data: `0x${"ab".repeat(200)}` }],
      ["more gas than a transaction may have", { gas: (1n << 24n) + 1n }],
      ["more value than there is", { value: 10n ** 18n + 1n }],
      ["a value of 2^128", { value: 1n << 128n }],
      ["a price that is not there", { maxFeePerGas: 10n ** 18n }],
      ["a price of 2^128", { maxFeePerGas: 1n << 128n }],
    ];
    for (const [what, fields] of cases)
      it(`for ${what}`, async () => {
        const run = statementOf(await rollup.signed({ to: NOBODY, gas: 50_000n, ...fields }));
        const traced = await border.trace(run);
        expect(border.flawsOf(traced)).to.deep.equal([]);
      });

    it("for a form that is not valid", async () => {
      const { data } = await rollup.signed({ to: NOBODY });
      for (const raw of ["0x", "0x02", "0xc0", `${data}00`, data.replace("0x02", "0x01")] as Hex[])
        expect(border.flawsOf(await border.trace(statementOf(l2txAction(SELF, raw))))).to.deep.equal([]);
    });

    it("and are not taken for invalid when they are valid", async () => {
      const run = statementOf(await rollup.signed({ to: NOBODY, gas: 21_000n }));
      const error = await border.trace(run).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(StatementRefusedError).with.property("code", "ACTION_DIFFERS");
    });
  });

  it("are refused by name when no row covers them", async () => {
    for (const fields of [
      { data: "0x00" },
      { to: "0x0000000000000000000000000000000000000004" },
      { to: NOBODY, type: "eip2930", accessList: [{ address: NOBODY, storageKeys: [] }] },
    ] as Parameters<TestRollup["signed"]>[0][]) {
      const run = await rollup.run(await rollup.signed(fields));
      const error = await border.trace(run).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(NotYetProvableError);
    }
  });
});
