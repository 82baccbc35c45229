import { expect } from "chai";
import { concatHex, type Hex } from "viem";
import { encodeBatchValue } from "../../builder/protocol/batch.ts";
import { l2txAction } from "../../builder/protocol/action.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1, type StateRoot } from "../../builder/protocol/ids.ts";
import {
  batchId,
  batchOf,
  call,
  execution,
  REMOTE,
  REMOTE2,
  result,
  simpleCall,
  step,
  triggerHash,
  visit,
} from "./lists.ts";
import { eventsOf, expectError, mined } from "./outcome.ts";
import { runSteps, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2, r3] = [rootAt(0), rootAt(1), rootAt(2), rootAt(3)];

/** What a stranger does in front of a batch leaves everything else of it as it was. */
describe("Rollups: executions stand alone", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;
  let user: Hex;
  let there: Hex;
  let thereB: Hex;

  beforeEach(async () => {
    s = await deploy();
    ({ a, b } = s);
    user = s.actor.address;
    there = await proxy(s, REMOTE, a);
    thereB = await proxy(s, REMOTE, b);
  });

  const transaction = (before: StateRoot, after: StateRoot, rollup = a, failed = false): Execution =>
    execution([l2txAction(rollup, "0x01"), result(rollup, L1, "0x", failed)], [visit(rollup, before, after)]);
  /** Names of events, which batch of those given they are about, which execution, and which rollup. */
  const told = (receipt: Parameters<typeof eventsOf>[0], ids: readonly Hex[]) =>
    eventsOf(receipt).flatMap(({ eventName, args }) =>
      "execution" in args && "batch" in args
        ? [[eventName, ids.findIndex((id) => id === args.batch), args.execution]]
        : [],
    );

  it("a prefix of a batch, posted in front of it, takes nothing from the rest and from the call behind it", async () => {
    const whole = [
      transaction(r0, r1),
      transaction(r1, r2),
      simpleCall(a, user, [r2, r3], { answer: "0x44" }),
    ];
    const prefix = await batchOf(s, whole.slice(0, 1));
    const batch = await batchOf(s, whole);
    const { outcomes, receipt } = await runSteps(s, [prefix, batch], [step(there)]);
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x44" });
    expect(told(receipt, [batchId(prefix), batchId(batch)])).to.deep.equal([
      ["ExecutionConsumed", 0, 0],
      ["ExecutionSkipped", 1, 0],
      ["ExecutionConsumed", 1, 1],
      ["ExecutionConsumed", 1, 2],
    ]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r3));
  });

  it("a prefix in a transaction of the stranger's own, in front in the same block, neither", async () => {
    const whole = [transaction(r0, r1), simpleCall(a, user, [r1, r2], { answer: "0x44" })];
    const batch = await batchOf(s, whole);
    const prefix = await batchOf(s, whole.slice(0, 1));
    const { provider } = s.connection;
    await provider.request({ method: "evm_setAutomine", params: [false] });
    const gas = 5_000_000n;
    const sent = [
      await s.rollups.write.postBatch([prefix], { account: s.stranger, gas }),
      await s.rollups.write.postBatch([batch], { gas }),
      await s.actor.write.play([[step(there)]], { gas }),
    ];
    await s.networkHelpers.mine();
    await provider.request({ method: "evm_setAutomine", params: [true] });
    const receipts = await Promise.all(sent.map((hash) => mined(s, Promise.resolve(hash))));
    expect(new Set(receipts.map(({ blockNumber }) => blockNumber)).size).to.equal(1);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
  });

  it("a visit that does nothing, in front of a batch, takes nothing from it: not even in its second", async () => {
    const idle = await batchOf(s, [
      transaction(r0, r0, a, true),
      execution([call(L1, b, user, REMOTE, { isStatic: true }), result(b, L1)], [visit(b, r0)]),
    ]);
    const batch = await batchOf(s, [
      transaction(r0, r1),
      simpleCall(a, user, [r1, r2]),
      simpleCall(b, user, [r0, r1], { answer: "0x55" }),
    ]);
    expect(batch.timestamp).to.equal(idle.timestamp);
    const { outcomes } = await runSteps(s, [idle, batch], [step(there), step(thereB)]);
    expect(outcomes.map(({ success }) => success)).to.deep.equal([true, true]);
    expect([(await stateOf(s, a)).root, (await stateOf(s, b)).root]).to.deep.equal([
      rootHex(r2),
      rootHex(r1),
    ]);
  });

  it("the whole batch again, in the same block, does nothing twice", async () => {
    const batch = await batchOf(s, [transaction(r0, r1), simpleCall(a, user, [r1, r2])]);
    const id = batchId(batch);
    const { outcomes, receipt } = await runSteps(
      s,
      [batch, batch],
      [step(there), step(there, "0x", { mayFail: true }), step(s.rollups.address, encodeBatchValue(batch))],
    );
    expectError(outcomes[1]?.data ?? "0x", "ExecutionNotFound");
    expect(told(receipt, [id])).to.deep.equal([
      ["ExecutionConsumed", 0, 0],
      ["ExecutionSkipped", 0, 0],
      ["ExecutionConsumed", 0, 1],
      ["ExecutionSkipped", 0, 0],
    ]);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
    // In a later block as well.
    const later = await mined(s, s.rollups.write.postBatch([batch]));
    expect(told(later, [id])).to.deep.equal([["ExecutionSkipped", 0, 0]]);
  });

  it("an execution whose rollup has moved drops out alone, and the batch's other rollups go on", async () => {
    const across = execution(
      [call(L1, a, user, REMOTE), call(a, b, REMOTE, REMOTE2), result(b, a), result(a, L1)],
      [visit(b, r1, r2), visit(a, r0, r1)],
    );
    const moved = simpleCall(a, user, [r1, r2]);
    const batch = await batchOf(s, [
      transaction(r2, r3),
      transaction(r0, r1, b),
      moved,
      simpleCall(b, user, [r1, r2], { answer: "0x55" }),
      across,
    ]);
    const { outcomes, receipt } = await runSteps(
      s,
      [batch],
      [step(there, "0x01", { mayFail: true }), step(thereB), step(there, "0x", { mayFail: true })],
    );
    expect(outcomes[1]).to.deep.equal({ success: true, data: "0x55" });
    // `a` is at r0, so `moved` is passed over; `across` finds `b` moved on by then.
    expectError(outcomes[2]?.data ?? "0x", "ExecutionNotFound", [triggerHash(moved)]);
    expect(eventsOf(receipt).find(({ eventName }) => eventName === "ExecutionSkipped")?.args).to.deep.equal({
      batch: batchId(batch),
      execution: 0,
      rollup: a,
    });
    expect([(await stateOf(s, a)).root, (await stateOf(s, b)).root]).to.deep.equal([
      rootHex(r0),
      rootHex(r2),
    ]);
  });

  it("an older batch behind a newer one is taken, and plays only what still stands", async () => {
    const newer = await batchOf(s, [simpleCall(a, user, [r0, r1], { answer: "0xaa" })]);
    const older = await batchOf(
      s,
      [simpleCall(a, user, [r0, r2], { answer: "0xbb" }), simpleCall(b, user, [r0, r1])],
      { timestamp: newer.timestamp - 20n },
    );
    // The latest table is searched first, so the older one is put first to be left over.
    const { outcomes } = await runSteps(
      s,
      [older, newer],
      [step(there), step(there, "0x", { mayFail: true }), step(thereB)],
    );
    expect(outcomes[0]?.data).to.equal("0xaa");
    expectError(outcomes[1]?.data ?? "0x", "ExecutionNotFound");
    expect(outcomes[2]?.success).to.equal(true);
  });

  describe("and followers are told", () => {
    it("which rollups a batch visits, each once, directly after it was posted", async () => {
      const batch = await batchOf(s, [
        transaction(r0, r1),
        transaction(r1, r2),
        simpleCall(b, user, [r0, r1]),
      ]);
      const id = batchId(batch);
      const receipt = await mined(s, s.rollups.write.postBatch([batch]));
      const events = eventsOf(receipt);
      expect(events.slice(0, 3).map(({ eventName }) => eventName)).to.deep.equal([
        "BatchPosted",
        "RollupVisited",
        "RollupVisited",
      ]);
      expect(events.slice(1, 3).map(({ args }) => args)).to.deep.equal([
        { rollup: a, batch: id },
        { rollup: b, batch: id },
      ]);
      expect(events.filter(({ eventName }) => eventName === "RollupVisited").length).to.equal(2);
      expect(events.map(({ eventName }) => eventName)).not.to.include("BatchData");
    });

    it("the calldata, if another contract posts the batch", async () => {
      const batch = await batchOf(s, [transaction(r0, r1)]);
      const { receipt } = await runSteps(s, [batch], []);
      const [first, second] = eventsOf(receipt);
      expect(first).to.deep.equal({
        eventName: "BatchData",
        args: { batch: batchId(batch), data: encodeBatchValue(batch) },
      });
      expect(second?.eventName).to.equal("BatchPosted");
    });

    it("the calldata, if the account has code that posts in its transactions (EIP-7702)", async () => {
      const batch = await batchOf(s, [transaction(r0, r1)]);
      await s.connection.provider.request({
        method: "hardhat_setCode",
        params: [s.owner, concatHex(["0xef0100", s.actor.address])],
      });
      const receipt = await mined(s, s.rollups.write.postBatch([batch]));
      expect(eventsOf(receipt)[0]).to.deep.equal({
        eventName: "BatchData",
        args: { batch: batchId(batch), data: encodeBatchValue(batch) },
      });
    });
  });
});
