import { expect } from "chai";
import { concatHex, encodeErrorResult, encodeFunctionData, type Hex, pad } from "viem";
import { encodeBatchValue } from "../../builder/protocol/batch.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
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
import { effectsOf, eventsOf, expectError, expectRevert } from "./outcome.ts";
import { runSteps, postAndRun, program, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups: executions that L1 calls trigger", () => {
  let s: Setup;
  let a: ChainId;
  let b: ChainId;
  let user: Hex;
  let there: Hex;

  beforeEach(async () => {
    s = await deploy();
    ({ a, b } = s);
    user = s.actor.address;
    there = await proxy(s, REMOTE, a);
  });

  it("returns the rollup's data, sets its root and credits the value", async () => {
    const batch = await batchOf(s, [
      simpleCall(a, user, [r0, r1], { value: 5n, data: "0x1234", answer: "0xabcd" }),
      simpleCall(a, user, [r1, r2], { answer: "0xef" }),
    ]);
    const { outcomes, receipt } = await runSteps(
      s,
      [batch],
      [step(there, "0x1234", { value: 5n }), step(there)],
    );
    expect(outcomes).to.deep.equal([
      { success: true, data: "0xabcd" },
      { success: true, data: "0xef" },
    ]);
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r2), balance: 5n });
    expect(await s.publicClient.getBalance({ address: s.rollups.address })).to.equal(5n);
    const [posted, change, first, , second] = effectsOf(receipt);
    expect(posted?.eventName).to.equal("BatchPosted");
    expect(first).to.deep.equal({
      eventName: "ExecutionConsumed",
      args: { batch: batchId(batch), execution: 0, ending: 0 },
    });
    expect(change).to.deep.equal({
      eventName: "RootChanged",
      args: { rollup: a, rootBefore: rootHex(r0), rootAfter: rootHex(r1) },
    });
    expect(second).to.deep.equal({
      eventName: "ExecutionConsumed",
      args: { batch: batchId(batch), execution: 1, ending: 0 },
    });
  });

  it("reverts with the rollup's data when the call failed there, and changes nothing", async () => {
    const failing = simpleCall(a, user, [r0, r0], { value: 5n, answer: "0xdead", failed: true });
    const again = step(there, "0x", { value: 5n, mayFail: true });
    const { outcomes } = await postAndRun(s, [failing], [again, again]);
    expect(outcomes).to.deep.equal([
      { success: false, data: "0xdead" },
      { success: false, data: "0xdead" },
    ]);
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r0), balance: 0n });
  });

  it("finds each call by the root it needs, and leaves unconsumed ones alone", async () => {
    const { outcomes } = await postAndRun(
      s,
      [
        simpleCall(a, user, [r0, r1], { answer: "0x01" }),
        simpleCall(a, user, [r0, r0], { data: "0xffff" }),
        simpleCall(a, user, [r1, r2], { answer: "0x02" }),
      ],
      [step(there), step(there), step(there, "0x", { mayFail: true })],
    );
    expect(outcomes.slice(0, 2).map(({ data }) => data)).to.deep.equal(["0x01", "0x02"]);
    expect(outcomes[2]?.success).to.equal(false);
    expect((await stateOf(s, a)).root).to.equal(rootHex(r2));
  });

  it("consumes duplicates in the order of the batch, each once, through a cycle of roots", async () => {
    const there2 = await proxy(s, REMOTE2, a);
    const back = execution([call(L1, a, user, REMOTE2), result(a, L1)], [visit(a, r1, r0)]);
    const { outcomes } = await postAndRun(
      s,
      [
        simpleCall(a, user, [r0, r1], { answer: "0x01" }),
        back,
        simpleCall(a, user, [r0, r1], { answer: "0x02" }),
        back,
      ],
      [step(there), step(there2), step(there), step(there2), step(there, "0x", { mayFail: true })],
    );
    expect(outcomes.map(({ data }) => data).slice(0, 4)).to.deep.equal(["0x01", "0x", "0x02", "0x"]);
    expectError(outcomes[4]?.data ?? "0x", "ExecutionNotFound", [triggerHash(simpleCall(a, user, [r0, r1]))]);
  });

  it("passes over a candidate whose other rollup is elsewhere", async () => {
    const through = (rootOfB: typeof r0, answer: Hex) =>
      execution(
        [call(L1, a, user, REMOTE), call(a, b, REMOTE, REMOTE2), result(b, a), result(a, L1, answer)],
        [visit(b, rootOfB), visit(a, r0, r1)],
      );
    const toB = execution([call(L1, b, user, REMOTE), result(b, L1)], [visit(b, r0, r1)]);
    const { outcomes } = await postAndRun(s, [toB, through(r1, "0x01"), through(r0, "0x02")], [step(there)]);
    expect(outcomes[0]?.data).to.equal("0x02");
  });

  it("makes the rollup's call from its contract's proxy, with value, and hands back the answer", async () => {
    await program(s, s.other, "0x77", { answer: "0x88" });
    const { outcomes } = await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE, { value: 9n }),
            call(a, L1, REMOTE2, s.other.address, { value: 4n, data: "0x77" }),
            result(L1, a, "0x88"),
            result(a, L1, "0x99"),
          ],
          [visit(a, r0, r1)],
        ),
      ],
      [step(there, "0x", { value: 9n })],
    );
    expect(outcomes[0]?.data).to.equal("0x99");
    expect(await s.other.read.count()).to.equal(1n);
    expect(await s.publicClient.getBalance({ address: s.other.address })).to.equal(4n);
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 5n });
    expect(
      await s.publicClient.getCode({ address: await s.rollups.read.proxyOf([REMOTE2, a]) }),
    ).not.to.equal(undefined);
  });

  it("hands back the revert data of an L1 call, and its value", async () => {
    await program(s, s.other, "0x77", { fails: true, answer: "0xbad0" });
    const { outcomes } = await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE, { value: 9n }),
            call(a, L1, REMOTE, s.other.address, { value: 4n, data: "0x77" }),
            result(L1, a, "0xbad0", true),
            result(a, L1, "0x99"),
          ],
          [visit(a, r0, r1)],
        ),
      ],
      [step(there, "0x", { value: 9n })],
    );
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 9n });
  });

  it("undoes L1 calls that succeeded when the call that caused them fails", async () => {
    await program(s, s.other, "0x77", {});
    const { outcomes } = await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE, { value: 9n }),
            call(a, L1, REMOTE, s.other.address, { value: 9n, data: "0x77" }),
            result(L1, a),
            result(a, L1, "0xbad1", true),
          ],
          [visit(a, r0, r0)],
        ),
      ],
      [step(there, "0x", { value: 9n, mayFail: true })],
    );
    expect(outcomes[0]).to.deep.equal({ success: false, data: "0xbad1" });
    expect(await s.other.read.count()).to.equal(0n);
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r0), balance: 0n });
  });

  it("goes L1 → A → L1 → A, with one root from start to end", async () => {
    await program(s, s.other, "0x77", { steps: [step(there, "0x55", { value: 2n })], echoes: true });
    const { outcomes } = await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE, { value: 3n }),
            call(a, L1, REMOTE, s.other.address, { value: 3n, data: "0x77" }),
            call(L1, a, s.other.address, REMOTE, { value: 2n, data: "0x55" }),
            result(a, L1, "0x66"),
            result(L1, a, "0x66"),
            result(a, L1, "0x99"),
          ],
          [visit(a, r0, r1)],
        ),
      ],
      [step(there, "0x", { value: 3n })],
    );
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 2n });
  });

  it("goes L1 → A → L1 → B → L1, and each root is set when its visit ends", async () => {
    const thereB = await proxy(s, REMOTE2, b);
    await program(s, s.other, "0x77", { steps: [step(thereB)] });
    await program(s, s.other, "0x78", { answer: "0x0b" });
    const { receipt } = await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE),
            call(a, L1, REMOTE, s.other.address, { data: "0x77" }),
            call(L1, b, s.other.address, REMOTE2),
            call(b, L1, REMOTE2, s.other.address, { data: "0x78" }),
            result(L1, b, "0x0b"),
            result(b, L1),
            result(L1, a),
            result(a, L1),
          ],
          [visit(b, r0, r2), visit(a, r0, r1)],
        ),
      ],
      [step(there)],
    );
    const changes = eventsOf(receipt).filter(({ eventName }) => eventName === "RootChanged");
    expect(changes.map(({ args }) => args)).to.deep.equal([
      { rollup: b, rootBefore: rootHex(r0), rootAfter: rootHex(r2) },
      { rollup: a, rootBefore: rootHex(r0), rootAfter: rootHex(r1) },
    ]);
  });

  it("moves value between rollups, back when the callee failed, and chains two visits of one rollup", async () => {
    await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE, { value: 10n }),
            call(a, b, REMOTE, REMOTE2, { value: 7n }),
            result(b, a),
            call(a, b, REMOTE, REMOTE2, { value: 3n }),
            result(b, a, "0x", true),
            call(a, b, REMOTE, REMOTE2, { value: 1n }),
            result(b, a),
            result(a, L1),
          ],
          [visit(b, r0, r1), visit(b, r1, r1), visit(b, r1, r2), visit(a, r0, r1)],
        ),
      ],
      [step(there, "0x", { value: 10n })],
    );
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 2n });
    expect(await stateOf(s, b)).to.deep.equal({ root: rootHex(r2), balance: 8n });
  });

  it("can be consumed again when an outer frame undid it", async () => {
    const once = simpleCall(a, user, [r0, r1], { value: 1n, answer: "0x42" });
    // The actor calls itself, calls the proxy in there, and that frame then fails by calling a contract that
    // reverts.
    await program(s, s.other, "0xff", { fails: true });
    const frame = encodeFunctionData({
      abi: s.actor.abi,
      functionName: "play",
      args: [[step(there, "0x", { value: 1n }), step(s.other.address, "0xff")]],
    });
    const { outcomes, receipt } = await postAndRun(
      s,
      [once],
      [step(user, frame, { mayFail: true }), step(there, "0x", { value: 1n })],
    );
    expect(outcomes.map(({ success }) => success)).to.deep.equal([false, true]);
    expect(eventsOf(receipt).filter(({ eventName }) => eventName === "ExecutionConsumed").length).to.equal(1);
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 1n });
  });

  it("answers static calls from the table, as often as asked, and changes nothing", async () => {
    const look = simpleCall(a, user, [r0, r0], { isStatic: true, data: "0x70", answer: "0x71" });
    const bad = simpleCall(a, user, [r0, r0], { isStatic: true, data: "0x72", answer: "0x73", failed: true });
    const ask = step(there, "0x70", { isStatic: true });
    const { outcomes, receipt } = await postAndRun(
      s,
      [look, bad],
      [ask, ask, step(there, "0x72", { isStatic: true, mayFail: true })],
    );
    expect(outcomes).to.deep.equal([
      { success: true, data: "0x71" },
      { success: true, data: "0x71" },
      { success: false, data: "0x73" },
    ]);
    expect(effectsOf(receipt).map(({ eventName }) => eventName)).to.deep.equal(["BatchPosted"]);
  });

  it("answers static calls inside an execution, but not for a rollup that waits", async () => {
    const thereB = await proxy(s, REMOTE2, b);
    const asks = (rollup: ChainId, target: Hex) =>
      execution(
        [call(L1, rollup, s.other.address, target, { isStatic: true }), result(rollup, L1, "0x71")],
        [visit(rollup, r0)],
      );
    await program(s, s.other, "0x01", { steps: [step(thereB, "0x", { isStatic: true })], echoes: true });
    await program(s, s.other, "0x02", {
      steps: [step(there, "0x", { isStatic: true, mayFail: true })],
      echoes: true,
    });
    // To the rollup that waits, the miss itself is what the L1 contract sees and passes on.
    const miss = encodeErrorResult({
      abi: s.rollups.abi,
      errorName: "ExecutionNotFound",
      args: [triggerHash(asks(a, REMOTE))],
    });
    const main = execution(
      [
        call(L1, a, user, REMOTE),
        call(a, L1, REMOTE, s.other.address, { data: "0x01" }),
        result(L1, a, "0x71"),
        call(a, L1, REMOTE, s.other.address, { data: "0x02" }),
        result(L1, a, miss),
        result(a, L1),
      ],
      [visit(a, r0, r1)],
    );
    const { outcomes } = await postAndRun(s, [main, asks(b, REMOTE2), asks(a, REMOTE)], [step(there)]);
    expect(outcomes[0]?.success).to.equal(true);
  });

  it("makes static calls to L1 static", async () => {
    await program(s, s.other, "0x01", { writes: false, answer: "0x07" });
    await program(s, s.other, "0x02", { writes: true });
    await postAndRun(
      s,
      [
        execution(
          [
            call(L1, a, user, REMOTE),
            call(a, L1, REMOTE, s.other.address, { data: "0x01", isStatic: true }),
            result(L1, a, "0x07"),
            // The callee writes, which uses up its gas and fails without data.
            call(a, L1, REMOTE, s.other.address, { data: "0x02", isStatic: true }),
            result(L1, a, "0x", true),
            result(a, L1),
          ],
          [visit(a, r0, r1)],
        ),
      ],
      [step(there)],
    );
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
  });

  it("shows a marker as root of a rollup that waits, and the true root of others", async () => {
    const ask = (rollup: ChainId) =>
      encodeFunctionData({ abi: s.rollups.abi, functionName: "rollupOf", args: [rollup] });
    await program(s, s.other, "0x0a", { steps: [step(s.rollups.address, ask(a))], echoes: true });
    await program(s, s.other, "0x0b", { steps: [step(s.rollups.address, ask(b))], echoes: true });
    const { timestamp } = await s.publicClient.getBlock();
    const at = (root: typeof r0) =>
      concatHex([pad(s.owner), pad(s.proofSystem), rootHex(root), pad("0x0"), pad("0x0"), pad("0x0")]);
    const asking = (data: Hex, answer: Hex) =>
      execution(
        [
          call(L1, a, user, REMOTE),
          call(a, b, REMOTE, REMOTE2),
          result(b, a),
          call(a, L1, REMOTE, s.other.address, { data }),
          result(L1, a, answer),
          result(a, L1),
        ],
        [visit(b, r0, r1), visit(a, r0, r1)],
      );
    const tries = async (data: Hex, answer: Hex) => {
      const batch = await batchOf(s, [asking(data, answer)], { timestamp });
      const steps = [step(s.rollups.address, encodeBatchValue(batch)), step(there)];
      return s.actor.simulate.play([steps]);
    };
    await tries("0x0b", at(r1));
    for (const root of [r0, r1]) await expectRevert(tries("0x0a", at(root)), "UnexpectedAction");
  });

  it("keeps the tables of a block apart and finds calls in all of them", async () => {
    const first = await batchOf(s, [simpleCall(a, user, [r0, r1], { answer: "0x01" })]);
    const second = await batchOf(s, [simpleCall(b, user, [r0, r1], { answer: "0x02" })]);
    const thereB = await proxy(s, REMOTE, b);
    const { outcomes, receipt } = await runSteps(s, [first, second], [step(there), step(thereB)]);
    expect(outcomes.map(({ data }) => data)).to.deep.equal(["0x01", "0x02"]);
    const consumed = eventsOf(receipt).filter(({ eventName }) => eventName === "ExecutionConsumed");
    expect(consumed.map(({ args }) => args)).to.deep.equal([
      { batch: batchId(first), execution: 0, ending: 0 },
      { batch: batchId(second), execution: 0, ending: 0 },
    ]);
  });

  it("forgets tables after their block", async () => {
    const once = simpleCall(a, user, [r0, r1]);
    await runSteps(s, [await batchOf(s, [once])], []);
    await s.networkHelpers.mine();
    await expectRevert(s.actor.simulate.play([[step(there)]]), "ExecutionNotFound", [triggerHash(once)]);
  });
});
