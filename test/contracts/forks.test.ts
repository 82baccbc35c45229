import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, type Hex, zeroHash } from "viem";
import {
  type Action,
  hashAction,
  l2txAction,
  revertAction,
  revertContinueAction,
} from "../../builder/protocol/action.ts";
import type { Mark, Visit } from "../../builder/protocol/execution.ts";
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
  resume,
  span,
  type Step,
  step,
  visit,
} from "./lists.ts";
import { eventsOf, expectError, expectRevert, mined } from "./outcome.ts";
import { runSteps, postAndRun, program, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2] = [rootAt(0), rootAt(1), rootAt(2)];

describe("Rollups: what L1 undoes", () => {
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
    await program(s, s.other, "0xff", { fails: true, writes: false });
  });

  /** A frame of the actor in which all of it is done and then undone. */
  const undone = (actor: Setup["actor"], ...steps: Step[]): Step => {
    const args = [[...steps, step(s.other.address, "0xff")]] as const;
    const data = encodeFunctionData({ abi: actor.abi, functionName: "play", args });
    return step(actor.address, data, { mayFail: true });
  };
  const open = (value = 0n) => call(L1, a, user, REMOTE, { value });
  const close = (data: Hex = "0x99") => result(a, L1, data);
  const out = (data: Hex = "0x77", gas = 0) => call(a, L1, REMOTE, s.other.address, { data, gas });
  /** The called L1 contract calls back. */
  const back = (data: Hex, value = 0n) => call(L1, a, s.other.address, REMOTE, { data, value });
  /** What a proxy reverts with when L1 does what is not in the list. */
  const unexpected = (expected: Hex, actual: Hex) =>
    encodeErrorResult({ abi: s.rollups.abi, errorName: "UnexpectedAction", args: [expected, actual] });
  const refuses = async (
    actions: readonly Action[],
    visits: readonly Visit[],
    marks: readonly Mark[],
    errorName: string,
    args: readonly unknown[],
  ) => {
    const batch = await batchOf(s, [execution(actions, visits, marks)]);
    await expectRevert(s.rollups.simulate.postBatch([batch]), errorName, args);
  };

  it("goes on with another call after one that was undone", async () => {
    await program(s, s.other, "0x77", {
      steps: [undone(s.other, step(there, "0x01", { value: 1n })), step(there, "0x02")],
      echoes: true,
    });
    await s.networkHelpers.setBalance(s.other.address, 1n);
    const { outcomes } = await postAndRun(
      s,
      [
        execution(
          [
            open(),
            out(),
            back("0x01", 1n),
            close("0xaa"),
            back("0x02"),
            close("0xbb"),
            result(L1, a, "0xbb"),
            close(),
          ],
          [visit(a, r0), visit(a, r0, r1)],
          [resume(2, 4)],
        ),
      ],
      [step(there)],
    );
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 0n });
  });

  it("goes on with anything at all, to any depth, through three alternatives", async () => {
    // The middle alternative has two of its own, of which one ends in an undoing of all that was in it.
    await program(s, s.other, "0x77", {
      steps: [
        undone(s.other, step(there, "0x01")),
        undone(s.other, step(thereB, "0x02"), undone(s.other, step(there, "0x03")), step(thereB, "0x04")),
        step(thereB, "0x05"),
      ],
      echoes: true,
    });
    const toB = (data: Hex) => call(L1, b, s.other.address, REMOTE2, { data });
    const list = execution(
      [
        open(), // 0
        out(), // 1
        back("0x01"), // 2
        close(),
        toB("0x02"), // 4
        result(b, L1),
        back("0x03"), // 6
        close(),
        toB("0x04"), // 8
        result(b, L1),
        toB("0x05"), // 10
        result(b, L1, "0x55"),
        result(L1, a, "0x55"),
        close(),
      ],
      [
        visit(a, r0), // [0 to 3], abandoned at 4
        visit(b, r0, r1), // [4, 5]
        visit(a, r0), // [0, 1, 6, 7], abandoned at 8
        visit(b, r1, r2), // [8, 9]
        visit(b, r0, r2), // [10, 11]
        visit(a, r0, r1),
      ],
      [resume(2, 4), resume(4, 10), resume(6, 8)],
    );
    const { outcomes } = await postAndRun(s, [list], [step(there)]);
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
    expect((await stateOf(s, b)).root).to.equal(rootHex(r2));
  });

  it("tries again what failed on the rollup", async () => {
    await program(s, s.other, "0x77", {
      steps: [step(there, "0x01", { mayFail: true }), step(there, "0x02")],
      echoes: true,
    });
    const list = execution(
      [
        open(),
        out(),
        back("0x01"),
        result(a, L1, "0xdd", true),
        back("0x02"),
        close("0xbb"),
        result(L1, a, "0xbb"),
        close(),
      ],
      [visit(a, r0), visit(a, r0, r1)],
      [resume(2, 4)],
    );
    const { outcomes } = await postAndRun(s, [list], [step(there)]);
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
  });

  it("fails with what was called in it: all of that is an alternative of the failure", async () => {
    await program(s, s.other, "0x77", { steps: [step(there, "0x01")], fails: true, answer: "0xbad0" });
    const list = execution(
      [open(), out(), back("0x01"), close(), result(L1, a, "0xbad0", true), close("0x98")],
      [visit(a, r0), visit(a, r0, r1)],
      [resume(2, 4)],
    );
    const { outcomes } = await postAndRun(s, [list], [step(there)]);
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x98" });
    expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
  });

  /** The trigger is undone and made again, after which an L1 contract has another answer. */
  const diverging = async () => {
    const count = encodeFunctionData({ abi: s.other.abi, functionName: "count" });
    await program(s, s.other, "0x70", { steps: [step(s.other.address, count)], echoes: true, writes: false });
    await program(s, s.other, "0x71");
    const answers = [`0x${"00".repeat(31)}00`, `0x${"00".repeat(31)}01`] as const;
    const list = execution(
      [
        open(),
        out("0x70"),
        result(L1, a, answers[0]),
        close("0xa0"),
        result(L1, a, answers[1]),
        close("0xa1"),
      ],
      [visit(a, r0, r1), visit(a, r0, r2)],
      [resume(2, 4)],
    );
    const bump = step(s.other.address, "0x71");
    return { list, bump };
  };

  it("goes another way at an answer of L1's, and says which ending it came to", async () => {
    const { list, bump } = await diverging();
    const snapshot = await s.networkHelpers.takeSnapshot();
    for (const [steps, ending, root] of [
      [[step(there)], 0, r1],
      [[undone(s.actor, step(there)), bump, step(there)], 1, r2],
      [[bump, undone(s.actor, step(there)), step(there)], 1, r2],
    ] as const) {
      const batch = await batchOf(s, [list]);
      const { outcomes, receipt } = await runSteps(s, [batch], steps);
      expect(outcomes.at(-1)).to.deep.equal({ success: true, data: `0xa${String(ending)}` });
      expect((await stateOf(s, a)).root).to.equal(rootHex(root));
      const consumed = eventsOf(receipt).filter(({ eventName }) => eventName === "ExecutionConsumed");
      expect(consumed.map(({ args }) => args)).to.deep.equal([
        { batch: batchId(batch), execution: 0, ending },
      ]);
      await snapshot.restore();
    }
  });

  it("is consumed once, whichever way it went", async () => {
    const { list, bump } = await diverging();
    const again = step(there, "0x", { mayFail: true });
    const { outcomes } = await postAndRun(s, [list], [step(there), bump, again]);
    expectError(outcomes[2]?.data ?? "0x", "ExecutionNotFound");
  });

  it("has no way on from where L1 undid everything: dead ends", async () => {
    const actions = [
      open(), // 0
      out(), // 1
      back("0x01"), // 2
      close("0xaa"),
      back("0x02"), // 4
      close("0xbb"),
      result(L1, a), // 6
      close(),
    ];
    const visits = [visit(a, r0), visit(a, r0, r1)];
    const list = execution(actions, visits, [resume(2, 4)]);
    const tries = async (...steps: Step[]) => {
      await program(s, s.other, "0x77", { steps });
      const { outcomes } = await postAndRun(s, [list], [step(there, "0x", { mayFail: true })]);
      return outcomes[0];
    };
    // It does not undo the first call, and returns; or makes the call that only comes after an undoing.
    const returned = await tries(step(there, "0x01"));
    expectError(returned?.data ?? "0x", "UnexpectedAction", [zeroHash, hashAction(result(L1, a))]);
    // That call's refusal is passed on, which is no alternative of the turn before the first call either.
    const called = await tries(step(there, "0x01"), step(there, "0x02"));
    const refusal = result(L1, a, unexpected(zeroHash, hashAction(back("0x02"))), true);
    expectError(called?.data ?? "0x", "UnexpectedAction", [hashAction(back("0x01")), hashAction(refusal)]);
    // It leaves out what would be undone: L1 may.
    expect((await tries(step(there, "0x02")))?.success).to.equal(true);
  });

  it("has no way on at the end of its last path either", async () => {
    // The trigger itself is undone after the second way.
    await program(s, s.other, "0x77", { steps: [step(there, "0x02")] });
    const list = execution(
      [open(), out(), back("0x01"), close(), result(L1, a), close("0x90"), back("0x02"), close("0xbb")],
      [visit(a, r0, r1), visit(a, r0)],
      [resume(2, 6)],
    );
    const { outcomes } = await postAndRun(s, [list], [step(there, "0x", { mayFail: true })]);
    expectError(outcomes[0]?.data ?? "0x", "UnexpectedAction", [zeroHash, hashAction(result(L1, a))]);
    await program(s, s.other, "0x77", { steps: [step(there, "0x01")] });
    const other = await postAndRun(s, [list], [step(there)]);
    expect(other.outcomes[0]?.data).to.equal("0x90");
  });

  it("names the first alternative when L1 takes none of them", async () => {
    await program(s, s.other, "0x77", { steps: [step(there, "0x03")] });
    const list = execution(
      [open(), out(), back("0x01"), close(), back("0x02"), close(), result(L1, a), close()],
      [visit(a, r0), visit(a, r0, r1)],
      [resume(2, 4)],
    );
    const { outcomes } = await postAndRun(s, [list], [step(there, "0x", { mayFail: true })]);
    const refusal = result(L1, a, unexpected(hashAction(back("0x01")), hashAction(back("0x03"))), true);
    expectError(outcomes[0]?.data ?? "0x", "UnexpectedAction", [
      hashAction(back("0x01")),
      hashAction(refusal),
    ]);
  });

  it("undoes in one alternative what rollups undid in another way in the next", async () => {
    for (const input of ["0x71", "0x72"] as const) await program(s, s.other, input, { answer: input });
    await program(s, s.other, "0x77", {
      steps: [undone(s.other, step(there, "0x01")), step(there, "0x02")],
      writes: false,
    });
    const list = execution(
      [
        open(), // 0
        call(a, b, REMOTE, REMOTE2), // 1
        result(b, a),
        out(), // 3: one frame
        back("0x01"), // 4
        out("0x71"), // 5: another one
        result(L1, a, "0x71"),
        revertAction(a, 0), // the first call of the inner operation
        revertContinueAction(a),
        close("0xaa"), // 9
        back("0x02"), // 10
        close("0xbb"),
        result(L1, a), // 12
        revertAction(a, 0),
        revertContinueAction(a), // 14
        out("0x72"),
        result(L1, a, "0x72"),
        close(),
      ],
      [visit(b, r0, r1), visit(a, r0), visit(a, r0, r1)],
      [span(1), resume(4, 10), span(5)],
    );
    const { outcomes } = await postAndRun(s, [list], [step(there)]);
    expect(outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    expect(await s.other.read.count()).to.equal(1n);
    expect((await stateOf(s, b)).root).to.equal(rootHex(r0));
  });

  it("happens in L2 transactions, which end once", async () => {
    await program(s, s.other, "0x77", {
      steps: [undone(s.other, step(there, "0x01")), step(there, "0x02")],
      echoes: true,
    });
    const list = execution(
      [
        l2txAction(a, "0x01"),
        out("0x77", GAS),
        back("0x01"),
        close(),
        back("0x02"),
        close("0xbb"),
        result(L1, a, "0xbb"),
        close(),
      ],
      [visit(a, r0), visit(a, r0, r1)],
      [resume(2, 4)],
    );
    const batch = await batchOf(s, [list]);
    const receipt = await mined(s, s.rollups.write.postBatch([batch]));
    expect(eventsOf(receipt).at(-1)).to.deep.equal({
      eventName: "ExecutionConsumed",
      args: { batch: batchId(batch), execution: 0, ending: 0 },
    });
    await refuses(
      [l2txAction(a, "0x01"), out("0x77", GAS), result(L1, a), close(), result(L1, a, "0x01"), close()],
      [visit(a, r1, r2), visit(a, r1, r2)],
      [resume(2, 4)],
      "SecondEnding",
      [0n, 5n],
    );
  });

  describe("is refused", () => {
    const visits = () => [visit(a, r0), visit(a, r0, r1)];
    const list = () => [open(), out(), back("0x01"), close(), back("0x02"), close(), result(L1, a), close()];

    it("with actions after the end of a path that nothing leads to", async () => {
      await refuses([...list(), open(), close()], visits(), [resume(2, 4)], "ActionsAfterEnd", [0n, 8n]);
      const failing = [open(), out(), back("0x01"), result(a, L1, "0x", true), result(L1, a), close()];
      await refuses(failing, [visit(a, r0, r1)], [], "ActionsAfterEnd", [0n, 4n]);
    });

    it("with a path that ends while L1 is calling, or in a rollup", async () => {
      await refuses(list(), visits(), [resume(2, 3)], "PathNotEnded", [0n, 3n]);
      await refuses(
        [open(), out(), result(L1, a), out(), result(L1, a), close()],
        visits(),
        [resume(2, 4)],
        "PathNotEnded",
        [0n, 4n],
      );
      await refuses([open(), out(), back("0x01"), close()], [visit(a, r0)], [], "Unfinished", [0n]);
      await refuses([...list().slice(0, 7), out()], visits(), [resume(2, 4)], "Unfinished", [0n]);
    });

    it("without any answer to the trigger", () =>
      refuses(
        [open(), out(), back("0x01"), close(), back("0x02"), close()],
        [visit(a, r0), visit(a, r0)],
        [resume(2, 4)],
        "Unfinished",
        [0n],
      ));

    it("with a RESUME that is not at a turn of L1's, does not nest, or leads nowhere", async () => {
      for (const mark of [
        resume(0, 4),
        resume(1, 4),
        resume(3, 4),
        resume(2, 2),
        resume(2, 1),
        resume(2, 8),
      ]) {
        await refuses(list(), visits(), [mark], "BadMark", [0n, 0n]);
      }
      await refuses(list(), visits(), [resume(2, 4), resume(2, 4)], "BadMark", [0n, 1n]);
      await refuses(list(), visits(), [resume(2, 6), resume(4, 7)], "BadMark", [0n, 1n]);
      await refuses(list(), visits(), [resume(2, 6), resume(4, 6)], "BadMark", [0n, 1n]);
      // To where it is no turn of L1's.
      await refuses(
        [open(), out(), result(L1, a), close(), call(a, b, REMOTE, REMOTE2), result(b, a), close()],
        visits(),
        [resume(2, 4)],
        "BrokenChain",
        [0n, 4n],
      );
      await refuses(
        [open(), out(), result(L1, a), revertAction(a, 0), revertContinueAction(a), close()],
        visits(),
        [span(1), resume(4, 5)],
        "BadMark",
        [0n, 1n],
      );
      await refuses(
        [open(), out(), result(L1, a), close(), revertContinueAction(a), close()],
        visits(),
        [resume(2, 4)],
        "RevertNotContinued",
        [0n, 4n],
      );
    });

    it("with a failure of L1's that leaves what was called in it", () =>
      refuses(
        [open(), out(), back("0x01"), close(), result(L1, a, "0x", true), close()],
        [visit(a, r0, r1)],
        [],
        "NotUndone",
        [0n, 4n],
      ));

    it("with visits that were not made like that", async () => {
      await refuses(list(), [visit(a, r0, r1), visit(a, r0, r1)], [resume(2, 4)], "RootMustNotChange", [
        0n,
        0n,
      ]);
      await refuses(list(), [visit(a, r0, r1)], [resume(2, 4)], "RootMustNotChange", [0n, 0n]);
      await refuses(list(), [visit(a, r0)], [resume(2, 4)], "VisitMismatch", [0n, 1n]);
      await refuses(list(), [visit(a, r0), visit(a, r1, r2)], [resume(2, 4)], "VisitsNotChained", [0n, 1n]);
    });
  });
});
