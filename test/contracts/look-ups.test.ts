import { expect } from "chai";
import { encodeFunctionData, type Hex } from "viem";
import { type Action, hashAction, l2txAction } from "../../builder/protocol/action.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import {
  batchOf,
  call,
  execution,
  GAS,
  REMOTE,
  REMOTE2,
  result,
  resume,
  simpleCall,
  step,
  visit,
} from "./lists.ts";
import { effectsOf, eventsOf, expectError, mined } from "./outcome.ts";
import { runSteps, postAndRun, program, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups: look-ups", () => {
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
    thereB = await proxy(s, REMOTE2, b);
  });

  const open = (value = 0n) => call(L1, a, user, REMOTE, { value });
  const close = (data: Hex = "0x99") => result(a, L1, data);
  const out = (data: Hex, isStatic = false, gas = 0) =>
    call(a, L1, REMOTE, s.other.address, { data, isStatic, gas });
  /** The L1 contract that a rollup called asks a rollup. */
  const ask = (rollup: ChainId, data: Hex, sender: Hex = s.other.address) =>
    call(L1, rollup, sender, rollup === a ? REMOTE : REMOTE2, { data, isStatic: true });
  const asks = (to: Hex, data: Hex, mayFail = false) => step(to, data, { isStatic: true, mayFail });
  const reads = (echoes = true) => ({ writes: false, echoes });

  describe("outside of executions", () => {
    /** A look-up that asks L1 back. */
    const asksBack = (answers: readonly Hex[]): Execution => {
      const actions: Action[] = [ask(a, "0x01", user), out("0x70", true)];
      for (const answer of answers) actions.push(result(L1, a, answer), close(answer));
      const marks = answers.slice(1).map((_, at) => resume(2 + 2 * at, 4 + 2 * at));
      return execution(
        actions,
        answers.map(() => visit(a, r0)),
        marks,
      );
    };

    it("ask L1 back, from proxies that postBatch has created", async () => {
      await program(s, s.other, "0x70", { writes: false, answer: "0x07" });
      const proxyOut = await s.rollups.read.proxyOf([REMOTE, a]);
      const fresh = call(a, L1, REMOTE2, s.other.address, { data: "0x70", isStatic: true });
      const list = execution(
        [ask(a, "0x01", user), fresh, result(L1, a, "0x07"), close("0x0707")],
        [visit(a, r0)],
      );
      const { outcomes } = await postAndRun(s, [list], [asks(there, "0x01"), asks(there, "0x01")]);
      expect(outcomes.map(({ data }) => data)).to.deep.equal(["0x0707", "0x0707"]);
      expect(proxyOut).to.equal(there);
      const created = await s.rollups.read.proxyOf([REMOTE2, a]);
      expect(await s.publicClient.getCode({ address: created })).not.to.equal(undefined);
      expect((await stateOf(s, a)).root).to.equal(rootHex(r0));
    });

    it("find the proxies that executions call from statically created too, and no others", async () => {
      const from = (sender: Hex, isStatic: boolean) =>
        call(a, L1, sender, s.other.address, { data: "0x70", isStatic });
      const senders = [`0x${"51".repeat(20)}`, `0x${"52".repeat(20)}`] as const;
      const list = execution(
        [
          open(),
          from(senders[0], true),
          result(L1, a, "0x"),
          from(senders[1], false),
          result(L1, a, "0x"),
          close(),
        ],
        [visit(a, r0, r1)],
      );
      await postAndRun(s, [list], []);
      const codes = await Promise.all(
        senders.map(async (sender) =>
          s.publicClient.getCode({ address: await s.rollups.read.proxyOf([sender, a]) }),
        ),
      );
      expect(codes.map((code) => code !== undefined)).to.deep.equal([true, false]);
    });

    it("go the way that L1's answers lead them, as often as asked", async () => {
      const count = encodeFunctionData({ abi: s.other.abi, functionName: "count" });
      await program(s, s.other, "0x70", { steps: [step(s.other.address, count)], ...reads() });
      await program(s, s.other, "0x71");
      const answers = [`0x${"00".repeat(31)}00`, `0x${"00".repeat(31)}01`] as const;
      const { outcomes, receipt } = await postAndRun(
        s,
        [asksBack(answers)],
        [
          asks(there, "0x01"),
          asks(there, "0x01"),
          step(s.other.address, "0x71"),
          asks(there, "0x01"),
          step(s.other.address, "0x71"),
          asks(there, "0x01", true),
        ],
      );
      const said = outcomes.map(({ data }) => data);
      expect([said[0], said[1], said[3]]).to.deep.equal([answers[0], answers[0], answers[1]]);
      expectError(said[5] ?? "0x", "UnexpectedAction", [
        hashAction(result(L1, a, answers[0])),
        hashAction(result(L1, a, `0x${"00".repeat(31)}02`)),
      ]);
      expect(effectsOf(receipt).map(({ eventName }) => eventName)).to.deep.equal(["BatchPosted"]);
    });

    it("go through other rollups to L1", async () => {
      await program(s, s.other, "0x70", { writes: false, answer: "0x07" });
      const list = execution(
        [
          ask(a, "0x01", user),
          call(a, b, REMOTE, REMOTE2, { isStatic: true }),
          call(b, L1, REMOTE2, s.other.address, { data: "0x70", isStatic: true }),
          result(L1, b, "0x07"),
          result(b, a, "0x08", true),
          result(a, L1, "0x09", true),
        ],
        [visit(b, r0), visit(a, r0)],
      );
      const { outcomes } = await postAndRun(s, [list], [asks(there, "0x01", true)]);
      expect(outcomes[0]).to.deep.equal({ success: false, data: "0x09" });
    });

    it("inside of look-ups are look-ups of their own", async () => {
      await program(s, s.other, "0x70", { steps: [asks(thereB, "0x02")], ...reads() });
      const inner = execution([ask(b, "0x02"), result(b, L1, "0x0b")], [visit(b, r0)]);
      const { outcomes } = await postAndRun(s, [asksBack(["0x0b"]), inner], [asks(there, "0x01")]);
      expect(outcomes[0]?.data).to.equal("0x0b");
    });

    it("cannot write", async () => {
      await program(s, s.other, "0x70", { writes: true, answer: "0x07" });
      const list = asksBack(["0x07"]);
      const { outcomes } = await postAndRun(
        s,
        [list],
        [step(there, "0x01", { isStatic: true, mayFail: true, gas: 2_000_000n })],
      );
      expectError(outcomes[0]?.data ?? "0x", "UnexpectedAction", [
        hashAction(result(L1, a, "0x07")),
        hashAction(result(L1, a, "0x", true)),
      ]);
    });
  });

  describe("inside of executions", () => {
    it("ask a rollup that waits, where it is", async () => {
      await program(s, s.other, "0x77", { steps: [asks(there, "0x01")], ...reads() });
      const list = execution(
        [open(), out("0x77"), ask(a, "0x01"), close("0xaa"), result(L1, a, "0xaa"), close()],
        [visit(a, r0), visit(a, r0, r1)],
        [resume(2, 4)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
      expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
    });

    it("ask the same twice, and another rollup, around a write", async () => {
      await program(s, s.other, "0x77", {
        steps: [
          asks(there, "0x01"),
          asks(there, "0x01"),
          asks(thereB, "0x02"),
          step(there, "0x03"),
          asks(there, "0x01"),
          asks(thereB, "0x02"),
        ],
        ...reads(),
      });
      const list = execution(
        [
          open(), // 0
          out("0x77"),
          ask(a, "0x01"), // 2
          close("0xa0"),
          ask(b, "0x02"), // 4
          result(b, L1, "0xb0"),
          call(L1, a, s.other.address, REMOTE, { data: "0x03" }), // 6
          close(),
          ask(a, "0x01"), // 8
          close("0xa1"),
          ask(b, "0x02"), // 10
          result(b, L1, "0xb1"),
          result(L1, a, "0xb1"), // 12
          close(),
        ],
        [visit(a, r0), visit(b, r0), visit(a, r0), visit(b, r0), visit(a, r0, r1)],
        [resume(2, 4), resume(4, 6), resume(8, 10), resume(10, 12)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    });

    it("call L1 in turn, whose answers may differ, and leave the turn where it is", async () => {
      const count = encodeFunctionData({ abi: s.other.abi, functionName: "count" });
      await program(s, s.other, "0x70", { steps: [step(s.other.address, count)], ...reads() });
      await program(s, s.other, "0x71");
      await program(s, s.other, "0x77", {
        steps: [asks(there, "0x01"), step(s.other.address, "0x71"), asks(there, "0x01")],
        ...reads(),
      });
      const answers = [`0x${"00".repeat(31)}00`, `0x${"00".repeat(31)}01`] as const;
      const list = execution(
        [
          open(), // 0
          out("0x77"),
          ask(a, "0x01"), // 2
          out("0x70", true),
          result(L1, a, answers[0]), // 4
          close("0xa0"),
          result(L1, a, answers[1]), // 6
          close("0xa1"),
          result(L1, a, "0xa1"), // 8
          close(),
        ],
        [visit(a, r0), visit(a, r0), visit(a, r0, r1)],
        [resume(2, 8), resume(4, 6)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    });

    it("are made in a static call of the rollup's too", async () => {
      await program(s, s.other, "0x77", { steps: [asks(there, "0x01"), asks(thereB, "0x02")], ...reads() });
      const list = execution(
        [
          open(),
          out("0x77", true),
          ask(a, "0x01"), // 2
          close("0xa0"),
          ask(b, "0x02"), // 4
          result(b, L1, "0xb0"),
          result(L1, a, "0xb0"), // 6
          close(),
        ],
        [visit(a, r0), visit(b, r0), visit(a, r0, r1)],
        [resume(2, 4), resume(4, 6)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    });

    it("inside of look-ups are alternatives of the turn around them", async () => {
      // other asks a, which asks L1's 0x70, which asks b.
      await program(s, s.other, "0x70", { steps: [asks(thereB, "0x02")], ...reads() });
      await program(s, s.other, "0x77", { steps: [asks(there, "0x01")], ...reads() });
      const list = execution(
        [
          open(),
          out("0x77"),
          ask(b, "0x02"), // 2
          result(b, L1, "0xb0"),
          ask(a, "0x01"), // 4
          out("0x70", true),
          result(L1, a, "0xb0"),
          close("0xa0"),
          result(L1, a, "0xa0"), // 8
          close(),
        ],
        [visit(b, r0), visit(a, r0), visit(a, r0, r1)],
        [resume(2, 4), resume(4, 8)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    });

    it("fail like any other", async () => {
      await program(s, s.other, "0x77", { steps: [asks(there, "0x01", true)], ...reads() });
      const list = execution(
        [open(), out("0x77"), ask(a, "0x01"), result(a, L1, "0xdd", true), result(L1, a, "0xdd"), close()],
        [visit(a, r0), visit(a, r0, r1)],
        [resume(2, 4)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    });

    it("find executions of their own for rollups that do not wait", async () => {
      await program(s, s.other, "0x77", { steps: [asks(thereB, "0x02")], ...reads() });
      const list = execution([open(), out("0x77"), result(L1, a, "0xb0"), close()], [visit(a, r0, r1)]);
      const look = execution([ask(b, "0x02"), result(b, L1, "0xb0")], [visit(b, r0)]);
      const { outcomes } = await postAndRun(s, [list, look], [step(there)]);
      expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    });

    it("are for nobody else: a call that is not static, or one outside, does not find them", async () => {
      await program(s, s.other, "0x77", { steps: [step(there, "0x01", { mayFail: true })], ...reads() });
      const list = execution(
        [open(), out("0x77"), ask(a, "0x01"), close("0xaa"), result(L1, a, "0xaa"), close()],
        [visit(a, r0), visit(a, r0, r1)],
        [resume(2, 4)],
      );
      const { outcomes } = await postAndRun(
        s,
        [list],
        [step(there, "0x", { mayFail: true }), asks(there, "0x01", true)],
      );
      expectError(outcomes[0]?.data ?? "0x", "UnexpectedAction");
      expectError(outcomes[1]?.data ?? "0x", "ExecutionNotFound", [hashAction(ask(a, "0x01", user))]);
    });

    it("happen in L2 transactions", async () => {
      await program(s, s.other, "0x77", { steps: [asks(there, "0x01")], ...reads() });
      const list = execution(
        [
          l2txAction(a, "0x01"),
          out("0x77", false, GAS),
          ask(a, "0x01"),
          close("0xaa"),
          result(L1, a, "0xaa"),
          close(),
        ],
        [visit(a, r0), visit(a, r0, r1)],
        [resume(2, 4)],
      );
      const receipt = await mined(s, s.rollups.write.postBatch([await batchOf(s, [list])]));
      expect(eventsOf(receipt).map(({ eventName }) => eventName)).to.include("ExecutionConsumed");
    });
  });

  it("after an execution find what comes after it", async () => {
    const look = (root: typeof r0, answer: Hex) =>
      execution([ask(a, "0x01", user), close(answer)], [visit(a, root)]);
    const batch = await batchOf(s, [
      simpleCall(a, user, [r0, r1]),
      look(r1, "0x11"),
      look(r2, "0x22"),
      look(r0, "0x00"),
    ]);
    const { outcomes } = await runSteps(s, [batch], [asks(there, "0x01"), step(there), asks(there, "0x01")]);
    expect(outcomes.map(({ data }) => data)).to.deep.equal(["0x00", "0x", "0x11"]);
  });
});
