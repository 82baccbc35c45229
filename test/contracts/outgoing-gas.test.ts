import { expect } from "chai";
import {
  type AccessList,
  type Address,
  concatHex,
  type Hex,
  numberToHex,
  pad,
  size,
  toFunctionSelector,
  zeroHash,
} from "viem";
import { type BatchValue, encodeBatchValue } from "../../builder/protocol/batch.ts";
import { l2txAction } from "../../builder/protocol/action.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { batchOf, call, execution, GAS, REMOTE, REMOTE2, result, simpleCall, step, visit } from "./lists.ts";
import { eventsOf, expectRevert, mined } from "./outcome.ts";
import { postAndRun, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1] = [rootAt(0), rootAt(1)];

/** Returns the gas that it has, by its first operation: GAS PUSH0 MSTORE PUSH1 20 PUSH0 RETURN. */
const METER: Hex = "0x5a5f5260205ff3";
/** What GAS itself costs. */
const MEASURING = 2;
/**
 * Does nothing, or uses up what it is given once its first slot is set: PUSH0 SLOAD PUSH1 6 JUMPI STOP
 * JUMPDEST INVALID.
 */
const TURNCOAT: Hex = "0x5f54600657005bfe";
/** Has no account. */
const EMPTY_ACCOUNT: Address = "0x00000000000000000000000000000000000f4e54";

describe("Rollups: the gas of calls to L1", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;
  let meter: Address;
  let turncoat: Address;

  beforeEach(async () => {
    s = await deploy();
    ({ a, b } = s);
    meter = await deployCode(METER);
    turncoat = await deployCode(TURNCOAT);
  });

  async function deployCode(runtime: Hex): Promise<Address> {
    // PUSH size PUSH offset PUSH0 CODECOPY PUSH size PUSH0 RETURN
    const length = numberToHex(size(runtime), { size: 1 });
    const data = concatHex(["0x60", length, "0x600a5f3960", length, "0x5ff3", runtime]);
    const hash = await s.walletClient.sendTransaction({ data });
    const { contractAddress } = await s.publicClient.waitForTransactionReceipt({ hash });
    if (contractAddress === null || contractAddress === undefined) throw new Error("not deployed");
    return contractAddress;
  }

  interface Way {
    readonly gas?: number;
    readonly value?: bigint;
    readonly data?: Hex;
    readonly isStatic?: boolean;
    readonly target?: Address;
    /** What the callee answers; else the gas that it must have had. */
    readonly answer?: Hex;
    readonly failed?: boolean;
  }

  /** A call to L1 and its answer. */
  const out = (rollup: ChainId, { gas = GAS, target = meter, answer, failed = false, ...way }: Way) => [
    call(rollup, L1, REMOTE, target, { gas, ...way }),
    result(L1, rollup, answer ?? numberToHex(gas - MEASURING, { size: 32 }), failed),
  ];
  const transaction = (rollup: ChainId, ...ways: readonly Way[]): Execution =>
    execution(
      [l2txAction(rollup, "0x02"), ...ways.flatMap((way) => out(rollup, way)), result(rollup, L1)],
      [visit(rollup, r0, r1)],
    );

  const post = async (batch: BatchValue, gas: bigint, accessList: AccessList = []): Promise<string[]> => {
    const receipt = await mined(s, s.rollups.write.postBatch([batch], { gas, accessList }));
    return eventsOf(receipt)
      .map(({ eventName }) => eventName)
      .filter((name) => name.startsWith("Execution"));
  };
  /** Gives the rollup Ether. */
  const fund = async (rollup: ChainId, value: bigint): Promise<void> => {
    const there = await proxy(s, REMOTE2, rollup);
    const deposit = simpleCall(rollup, s.actor.address, [r0, r0], { value });
    const [first] = deposit.actions;
    if (first === undefined) throw new Error("a trigger");
    const list = { ...deposit, actions: [{ ...first, target: REMOTE2 }, ...deposit.actions.slice(1)] };
    await postAndRun(s, [list], [step(there, "0x", { value })]);
  };

  /** The least gas with which the batch is not refused, within a hundred; and why it is with less. */
  async function leastGas(batch: BatchValue): Promise<{ gas: bigint; errors: ReadonlySet<string> }> {
    const errors = new Set<string>();
    let [tooLittle, enough] = [100_000n, 16_000_000n];
    while (enough - tooLittle > 100n) {
      const gas = (tooLittle + enough) / 2n;
      try {
        await s.rollups.simulate.postBatch([batch], { gas });
        enough = gas;
      } catch (error) {
        errors.add(/InsufficientCallGas|TransactionOutOfGas|out of gas/.exec(String(error))?.[0] ?? "other");
        tooLittle = gas;
      }
    }
    return { gas: enough, errors };
  }

  describe("of a transaction arrives to the unit", () => {
    const big: Hex = `0x${"5a".repeat(20_000)}`;
    const ways: Readonly<Record<string, Way>> = {
      plain: {},
      little: { gas: 3_000 },
      much: { gas: 8_000_000 },
      "with value": { value: 5n },
      "with value, as much as the EVM gives anyway": { value: 5n, gas: 2_300 },
      "with value, a unit more": { value: 5n, gas: 2_301 },
      "with much data": { data: big },
      "with much data and value": { data: big, value: 5n },
      static: { isStatic: true },
      "static, with much data": { isStatic: true, data: big, gas: 7_654_321 },
    };
    for (const [name, way] of Object.entries(ways))
      it(name, async () => {
        if (way.value !== undefined) await fund(a, way.value);
        const batch = await batchOf(s, [transaction(a, way)]);
        // A proxy that is there, or not; a callee that is warm, or not; just enough gas, or all there is.
        for (const isThere of [false, true]) {
          if (isThere) await proxy(s, REMOTE, a);
          const { gas, errors } = await leastGas(batch);
          expect([...errors])
            .to.include("InsufficientCallGas")
            .but.not.include("other");
          for (const given of [gas, gas + 1_000n, gas + 50_000n, 16_000_000n])
            for (const accessList of [[], [{ address: meter, storageKeys: [zeroHash] }]]) {
              const snapshot = await s.networkHelpers.takeSnapshot();
              expect(await post(batch, given + BigInt(accessList.length) * 5_000n, accessList)).to.deep.equal(
                ["ExecutionConsumed"],
              );
              await snapshot.restore();
            }
        }
      });
  });

  it("is the EVM's least if there is value and less was said", async () => {
    await fund(a, 5n);
    const answer = numberToHex(2_300 - MEASURING, { size: 32 });
    expect(
      await post(await batchOf(s, [transaction(a, { gas: 1, value: 5n, answer })]), 5_000_000n),
    ).to.deep.equal(["ExecutionConsumed"]);
  });

  it("is enough for an account that there was not", async () => {
    await fund(a, 5n);
    const batch = await batchOf(s, [
      transaction(a, { gas: 1, value: 5n, target: EMPTY_ACCOUNT, answer: "0x" }),
    ]);
    const { gas } = await leastGas(batch);
    expect(await post(batch, gas)).to.deep.equal(["ExecutionConsumed"]);
    expect(await s.publicClient.getBalance({ address: EMPTY_ACCOUNT })).to.equal(5n);
  });

  it("is each call's own: what one leaves over is not the next one's, what one uses up not missed by it", async () => {
    await s.networkHelpers.setStorageAt(turncoat, zeroHash, pad("0x01"));
    const used: Way = { target: turncoat, answer: "0x", failed: true };
    const batch = await batchOf(s, [transaction(a, { gas: 200_000 }, used, { gas: 300_000 }, used, {})]);
    expect(await post(batch, 6_000_000n)).to.deep.equal(["ExecutionConsumed"]);
  });

  it("reaches a callee in frames that can be undone", async () => {
    const inFrame = execution(
      [
        l2txAction(a, "0x02"),
        call(a, b, REMOTE, REMOTE2, { gas: GAS }),
        ...out(b, {}),
        result(b, a, "0x", true),
        result(a, L1),
      ],
      [visit(b, r0), visit(a, r0, r1)],
      [{ kind: 0, at: 1, to: 1 }],
    );
    const [first, second, third, ...rest] = inFrame.actions;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three actions");
    const actions = [first, second, { ...third, sender: REMOTE2 }, ...rest];
    const batch = await batchOf(s, [{ ...inFrame, actions }]);
    const { gas, errors } = await leastGas(batch);
    expect([...errors]).not.to.include("other");
    for (const given of [gas, 16_000_000n]) {
      const snapshot = await s.networkHelpers.takeSnapshot();
      expect(await post(batch, given)).to.deep.equal(["ExecutionConsumed"]);
      await snapshot.restore();
    }
  });

  it("of an execution that a call triggers arrives as well, or the call reverts", async () => {
    const there = await proxy(s, REMOTE, a);
    const list = execution(
      [call(L1, a, s.actor.address, REMOTE), ...out(a, { gas: 400_000 }), result(a, L1)],
      [visit(a, r0, r1)],
    );
    const batch = await batchOf(s, [list]);
    // The first that gets through does it right.
    const attempts = Array.from({ length: 40 }, (_, at) =>
      step(there, "0x", { gas: 300_000n + BigInt(at) * 10_000n, mayFail: true }),
    );
    const steps = [step(s.rollups.address, encodeBatchValue(batch)), ...attempts];
    const { result: outcomes } = await s.actor.simulate.play([steps], { gas: 16_000_000n });
    await mined(s, s.actor.write.play([steps], { gas: 16_000_000n }));
    const first = outcomes.findIndex(({ success }, at) => at > 0 && success);
    expect(first).to.be.within(5, 30);
    const reasons = new Set(outcomes.slice(1, first).map(({ data }) => data.slice(0, 10)));
    const starved = toFunctionSelector("InsufficientCallGas(uint256,uint256)");
    expect([...reasons]).to.include(starved);
    // No gas for anything.
    expect([...reasons].filter((reason) => reason !== starved && reason !== "0x")).to.deep.equal([]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
  });

  it("is bound: what said another gas is another action for L1", async () => {
    const lying = transaction(a, { gas: GAS, answer: numberToHex(GAS - MEASURING - 1, { size: 32 }) });
    expect(await post(await batchOf(s, [lying]), 5_000_000n)).to.deep.equal(["ExecutionFailed"]);
  });

  it("keeps an innocent transaction from one whose callee turns its coat and uses up all it gets", async () => {
    const guilty = transaction(a, { gas: 3_000_000, target: turncoat, answer: "0x" });
    const innocent = transaction(b, { gas: 500_000 });
    const batch = await batchOf(s, [guilty, innocent]);
    const { gas } = await leastGas(batch);
    // What L1's callees may use besides what they used in the simulation.
    const enough = gas + 3_500_000n;
    const snapshot = await s.networkHelpers.takeSnapshot();
    expect(await post(batch, enough)).to.deep.equal(["ExecutionConsumed", "ExecutionConsumed"]);
    await snapshot.restore();
    await s.networkHelpers.setStorageAt(turncoat, zeroHash, pad("0x01"));
    expect(await post(batch, enough)).to.deep.equal(["ExecutionFailed", "ExecutionConsumed"]);
    expect((await stateOf(s, b)).root).to.equal(rootHex(r1));
    // With less the batch as a whole is refused; nothing of it is lost.
    await snapshot.restore();
    await s.networkHelpers.setStorageAt(turncoat, zeroHash, pad("0x01"));
    await expectRevert(s.rollups.simulate.postBatch([batch], { gas }), "InsufficientCallGas");
  });
});
