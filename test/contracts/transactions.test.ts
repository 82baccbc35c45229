import { expect } from "chai";
import { encodeErrorResult, type Hex, numberToHex } from "viem";
import { type Action, hashAction, l2txAction } from "../../builder/protocol/action.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import {
  batchId,
  batchOf,
  call,
  execution,
  GAS,
  REMOTE,
  REMOTE2,
  result,
  simpleCall,
  step,
  visit,
} from "./lists.ts";
import { eventsOf, mined } from "./outcome.ts";
import { postAndRun, program, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups: L2 transactions", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;

  beforeEach(async () => {
    s = await deploy();
    ({ a, b } = s);
  });

  const pure = (before = r0, after = r1) =>
    execution([l2txAction(a, "0x01"), result(a, L1)], [visit(a, before, after)]);
  const calling = (said: Hex, options: { value?: bigint; before?: typeof r0; after?: typeof r0 } = {}) => {
    const { value = 0n, before = r0, after = r1 } = options;
    return execution(
      [
        l2txAction(a, "0x02"),
        call(a, L1, REMOTE, s.other.address, { data: "0x77", value, gas: GAS }),
        result(L1, a, said),
        result(a, L1),
      ],
      [visit(a, before, after)],
    );
  };
  /** Names, executions and reasons of what became of a batch's transactions. */
  const post = async (executions: readonly Execution[]) => {
    const batch = await batchOf(s, executions);
    const receipt = await mined(s, s.rollups.write.postBatch([batch]));
    const id = batchId(batch);
    return eventsOf(receipt).flatMap(({ eventName, args }) => {
      if (!("execution" in args)) return [];
      expect("batch" in args && args.batch).to.equal(id);
      const rest = "reason" in args ? args.reason : "rollup" in args ? args.rollup : undefined;
      return [[eventName, args.execution, rest]];
    });
  };

  it("take effect in postBatch when they touch no L1 contract", async () => {
    expect(await post([pure(), pure(r1, r2)])).to.deep.equal([
      ["ExecutionConsumed", 0, undefined],
      ["ExecutionConsumed", 1, undefined],
    ]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
  });

  it("move Ether between rollups", async () => {
    await postAndRun(
      s,
      [simpleCall(a, s.actor.address, [r0, r1], { value: 10n })],
      [step(await proxy(s, REMOTE, a), "0x", { value: 10n })],
    );
    const across = execution(
      [l2txAction(a, "0x01"), call(a, b, REMOTE, REMOTE2, { value: 4n }), result(b, a), result(a, L1)],
      [visit(b, r0, r1), visit(a, r1, r2)],
    );
    await post([across]);
    expect([(await stateOf(s, a)).balance, (await stateOf(s, b)).balance]).to.deep.equal([6n, 4n]);
  });

  it("call L1, see its answer and may be re-entered", async () => {
    const there = await proxy(s, REMOTE, a);
    await program(s, s.other, "0x77", { steps: [step(there, "0x55")], echoes: true });
    const events = await post([
      execution(
        [
          l2txAction(a, "0x02"),
          call(a, L1, REMOTE, s.other.address, { data: "0x77", gas: GAS }),
          call(L1, a, s.other.address, REMOTE, { data: "0x55" }),
          result(a, L1, "0x66"),
          result(L1, a, "0x66"),
          result(a, L1),
        ],
        [visit(a, r0, r1)],
      ),
    ]);
    expect(events).to.deep.equal([["ExecutionConsumed", 0, undefined]]);
    expect(await s.other.read.count()).to.equal(1n);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
  });

  it("have no effect, alone, when L1 does otherwise; those built on them neither", async () => {
    await program(s, s.other, "0x77", { answer: "0x88" });
    const other = execution([l2txAction(b, "0x03"), result(b, L1)], [visit(b, r0, r1)]);
    const events = await post([calling("0x99"), pure(r1, r2), other, pure(r0, r2)]);
    expect(events).to.deep.equal([
      [
        "ExecutionFailed",
        0,
        encodeErrorResult({
          abi: s.rollups.abi,
          errorName: "UnexpectedAction",
          args: [hashAction(result(L1, a, "0x99")), hashAction(result(L1, a, "0x88"))],
        }),
      ],
      ["ExecutionSkipped", 1, a],
      ["ExecutionConsumed", 2, undefined],
      ["ExecutionConsumed", 3, undefined],
    ]);
    expect(await s.other.read.count()).to.equal(0n);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
    expect((await stateOf(s, b)).root).to.equal(rootHex(r1));
  });

  it("have no effect when they would send Ether that is not there", async () => {
    await program(s, s.other, "0x77");
    expect(await post([calling("0x", { value: 1n })])).to.deep.equal([
      [
        "ExecutionFailed",
        0,
        encodeErrorResult({ abi: s.rollups.abi, errorName: "InsufficientRollupBalance", args: [a, 0n, 1n] }),
      ],
    ]);
  });

  it("have no effect when they failed on the rollup: L1 is not even called", async () => {
    await program(s, s.other, "0x77");
    const failed = execution(
      [
        l2txAction(a, "0x02"),
        call(a, L1, REMOTE, s.other.address, { data: "0x77", gas: GAS }),
        result(L1, a),
        result(a, L1, "0xdead", true),
      ],
      [visit(a, r0, r0)],
    );
    expect(await post([failed])).to.deep.equal([["ExecutionFailed", 0, "0xdead"]]);
    expect(await s.other.read.count()).to.equal(0n);
  });

  /** Transactions of one rollup that are one execution, of which these fail. */
  const joint = (failed: readonly boolean[], [before, after] = [r0, r1]) =>
    execution(
      failed.flatMap((fails, at): Action[] => [
        l2txAction(a, numberToHex(at, { size: 1 })),
        result(a, L1, numberToHex(0xd0 + at, { size: 1 }), fails),
      ]),
      [visit(a, before, after)],
    );

  it("are one execution and one visit when they touch no other chain", async () => {
    expect(await post([joint([false, false, false]), pure(r1, r2)])).to.deep.equal([
      ["ExecutionConsumed", 0, undefined],
      ["ExecutionConsumed", 1, undefined],
    ]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
  });

  it("are passed over together where the rollup is elsewhere", async () => {
    expect(await post([pure(), joint([false, false])])).to.deep.equal([
      ["ExecutionConsumed", 0, undefined],
      ["ExecutionSkipped", 1, a],
    ]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
  });

  it("have an effect together unless all of them failed", async () => {
    expect(await post([joint([true, false]), joint([false, true], [r1, r2])])).to.deep.equal([
      ["ExecutionConsumed", 0, undefined],
      ["ExecutionConsumed", 1, undefined],
    ]);
    expect(await post([joint([true, true], [r2, r2])])).to.deep.equal([["ExecutionFailed", 0, "0xd1"]]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
  });

  it("share a batch with calls", async () => {
    await program(s, s.other, "0x77", { answer: "0x88" });
    const { outcomes } = await postAndRun(
      s,
      [calling("0x88"), simpleCall(a, s.actor.address, [r1, r2], { answer: "0x44" })],
      [step(await proxy(s, REMOTE, a))],
    );
    expect(outcomes[0]?.data).to.equal("0x44");
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
  });

  it("cannot be starved: with too little gas for the callee the whole batch reverts, with enough it gets a million", async () => {
    const meter = await s.create("GasMeter");
    const metered = (gas: Hex, failed: boolean) =>
      execution(
        [
          l2txAction(a, "0x02"),
          call(a, L1, REMOTE, meter, { data: gas, gas: GAS }),
          result(L1, a, "0x", failed),
          result(a, L1),
        ],
        [visit(a, r0, r1)],
      );
    // The callee fails unless it is given this much; calldata says how much, big-endian.
    const million: Hex = `0x${(1_000_000).toString(16).padStart(64, "0")}`;
    // The proxy is there already, so that gas is not spent on it.
    await proxy(s, REMOTE, a);
    const batch = await batchOf(s, [metered(million, false)]);
    let [tooLittle, enough] = [300_000n, 4_000_000n];
    const errors = new Set<string>();
    while (enough - tooLittle > 500n) {
      const gas = (tooLittle + enough) / 2n;
      try {
        const { request } = await s.rollups.simulate.postBatch([batch], { gas });
        expect(request.gas).to.equal(gas);
        enough = gas;
      } catch (error) {
        errors.add(/InsufficientCallGas|TransactionOutOfGas|out of gas/.exec(String(error))?.[0] ?? "other");
        tooLittle = gas;
      }
    }
    expect([...errors]).to.include("InsufficientCallGas");
    const receipt = await mined(s, s.rollups.write.postBatch([batch], { gas: enough }));
    expect(eventsOf(receipt).map(({ eventName }) => eventName)).to.include("ExecutionConsumed");
  });
});
