import { expect } from "chai";
import { encodeFunctionData, type Hex, toFunctionSelector } from "viem";
import {
  type Action,
  l2txAction,
  revertAction,
  revertContinueAction,
} from "../../builder/protocol/action.ts";
import type { Mark, Visit } from "../../builder/protocol/execution.ts";
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
  span,
  step,
  visit,
} from "./lists.ts";
import { eventsOf, expectError, expectRevert, mined } from "./outcome.ts";
import { runSteps, postAndRun, program, proxy, stateOf } from "./run-steps.ts";
import { deploy, rootAt, rootHex, type Setup } from "./setup.ts";

const [r0, r1, r2, r3] = [rootAt(0), rootAt(1), rootAt(2), rootAt(3)];

describe("Rollups: what rollups undo", () => {
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
    // Each writes, so that `count` tells how many of them were not undone.
    for (const input of ["0x71", "0x72", "0x73", "0x74"] as const) {
      await program(s, s.other, input, { answer: input });
    }
  });

  /** A call of the rollup to L1 that succeeds, with its answer. */
  const out = (from: ChainId, data: "0x71" | "0x72" | "0x73" | "0x74", value = 0n, gas = 0): Action[] => [
    call(from, L1, REMOTE, s.other.address, { data, value, gas }),
    result(L1, from, data),
  ];
  /** A frame of the rollup reverts, and with it what was done from this call of its operation on. */
  const undo = (rollup: ChainId, number: number): Action[] => [
    revertAction(rollup, number),
    revertContinueAction(rollup),
  ];
  /** Another answer of L1's, which it does not give: with it, something would be undone. */
  const elsewhere = (undone: readonly Action[], answer: Hex = "0x99"): Action[] => [
    result(L1, a, "0x70"),
    ...undone,
    result(a, L1, answer),
  ];
  const open = (value = 0n) => call(L1, a, user, REMOTE, { value });
  const close = () => result(a, L1, "0x99");
  /** Plays a list that a call of the user's with this value triggers. */
  const plays = async (
    actions: readonly Action[],
    visits: readonly Visit[],
    marks: readonly Mark[],
    value = 0n,
  ) => {
    const played = await postAndRun(s, [execution(actions, visits, marks)], [step(there, "0x", { value })]);
    expect(played.outcomes[0]).to.deep.equal({ success: true, data: "0x99" });
    return played;
  };
  const post = async (actions: readonly Action[], visits: readonly Visit[], marks: readonly Mark[]) => {
    await s.rollups.simulate.postBatch([await batchOf(s, [execution(actions, visits, marks)])]);
  };
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

  describe("with a REVERT", () => {
    it("is undone on L1 as well: writes and Ether", async () => {
      await plays(
        [open(9n), ...out(a, "0x71", 5n), ...undo(a, 0), ...out(a, "0x72", 2n), close()],
        [visit(a, r0, r1)],
        [span(1)],
        9n,
      );
      expect(await s.other.read.count()).to.equal(1n);
      expect(await s.publicClient.getBalance({ address: s.other.address })).to.equal(2n);
      expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 7n });
    });

    it("is nothing to L1 if only rollups were called: their roots and Ether go back", async () => {
      const { receipt } = await plays(
        [
          open(9n),
          call(a, b, REMOTE, REMOTE2, { value: 4n }),
          result(b, a),
          ...undo(a, 0),
          call(a, b, REMOTE, REMOTE2, { value: 1n }),
          result(b, a),
          close(),
        ],
        [visit(b, r0, r1), visit(b, r0, r2), visit(a, r0, r1)],
        [span(1)],
        9n,
      );
      expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 8n });
      expect(await stateOf(s, b)).to.deep.equal({ root: rootHex(r2), balance: 1n });
      const changes = eventsOf(receipt).filter(({ eventName }) => eventName === "RootChanged");
      expect(changes.length).to.equal(2);
    });

    it("takes back what L1 was told before the frame was opened", async () => {
      // The static call makes L1 take note of b's new root; the frame is opened after it.
      await program(s, s.other, "0x70", { writes: false });
      await plays(
        [
          open(9n),
          call(a, b, REMOTE, REMOTE2, { value: 4n }),
          result(b, a),
          call(a, L1, REMOTE, s.other.address, { data: "0x70", isStatic: true }),
          result(L1, a),
          ...out(a, "0x71", 3n),
          ...undo(a, 0),
          ...out(a, "0x72"),
          close(),
        ],
        [visit(b, r0, r1), visit(a, r0, r1)],
        [span(1)],
        9n,
      );
      expect(await s.other.read.count()).to.equal(1n);
      expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 9n });
      expect(await stateOf(s, b)).to.deep.equal({ root: rootHex(r0), balance: 0n });
    });

    it("takes back what L1 was told by a static call alone, without a frame", async () => {
      await program(s, s.other, "0x70", { writes: false });
      await plays(
        [
          open(9n),
          call(a, b, REMOTE, REMOTE2, { value: 4n }),
          result(b, a),
          call(a, L1, REMOTE, s.other.address, { data: "0x70", isStatic: true }),
          result(L1, a),
          ...undo(a, 0),
          close(),
        ],
        [visit(b, r0, r1), visit(a, r0, r1)],
        [span(1)],
        9n,
      );
      expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 9n });
      expect(await stateOf(s, b)).to.deep.equal({ root: rootHex(r0), balance: 0n });
    });

    it("goes back from a frame in a frame, to the inner one, then to the outer one", async () => {
      await plays(
        [
          open(),
          ...out(a, "0x71"), // 1, 2
          ...out(a, "0x72"), // 3, 4
          ...undo(a, 1), // 5, 6
          ...out(a, "0x73"), // 7, 8
          ...undo(a, 0), // 9, 10
          ...out(a, "0x74"),
          close(),
        ],
        [visit(a, r0, r1)],
        [span(1), span(3)],
      );
      expect(await s.other.read.count()).to.equal(1n);
    });

    it("goes back from a frame in a frame to the outer one at once", async () => {
      const [inner, answer] = out(a, "0x72");
      if (inner === undefined || answer === undefined) throw new Error("a call and its answer");
      await plays(
        [
          open(),
          ...out(a, "0x71"), // 1, 2
          inner, // 3
          ...elsewhere(undo(a, 1)), // 4 to 7
          answer,
          ...undo(a, 0),
          ...out(a, "0x73"),
          close(),
        ],
        [visit(a, r0, r2), visit(a, r0, r1)],
        [span(1), span(3), resume(4, 8)],
      );
      expect(await s.other.read.count()).to.equal(1n);
    });

    it("goes back to nested frames that L1 opened at once", async () => {
      const toB = call(a, b, REMOTE, REMOTE2);
      const [last, answer] = out(a, "0x71");
      if (last === undefined || answer === undefined) throw new Error("a call and its answer");
      const list = (alternative: readonly Action[], ...ends: Action[]) => [
        open(),
        toB, // 1
        result(b, a),
        toB, // 3
        result(b, a),
        last, // 5: two frames
        ...alternative,
        answer, // 6, or 10
        ...ends,
        close(),
      ];
      const visits = [visit(b, r0, r1), visit(b, r1, r2), visit(a, r0, r2), visit(a, r0, r1)];
      await plays(list(elsewhere(undo(a, 0)), ...undo(a, 1), ...out(a, "0x72")), visits, [
        span(1),
        span(3),
        resume(6, 10),
      ]);
      expect(await s.other.read.count()).to.equal(1n);
      expect((await stateOf(s, b)).root).to.equal(rootHex(r1));
      const visits2 = [visit(b, r1, r2), visit(b, r2, r3), visit(a, r1, r2)];
      await plays(list([], ...undo(a, 1), ...out(a, "0x72"), ...undo(a, 0), ...out(a, "0x73")), visits2, [
        span(1),
        span(3),
      ]);
      expect(await s.other.read.count()).to.equal(2n);
      expect((await stateOf(s, b)).root).to.equal(rootHex(r1));
      const visits3 = [visit(b, r1, r2), visit(b, r2, r3), visit(a, r2, r1), visit(a, r2, r3)];
      await plays(list(elsewhere(undo(a, 1)), ...undo(a, 0)), visits3, [span(1), span(3), resume(6, 10)]);
      expect(await s.other.read.count()).to.equal(2n);
      expect((await stateOf(s, b)).root).to.equal(rootHex(r1));
    });

    it("makes a rollup that waits forget what was called in it", async () => {
      // A calls B, B calls back into A in a frame that reverts.
      await plays(
        [
          open(),
          call(a, b, REMOTE, REMOTE2),
          call(b, a, REMOTE2, REMOTE),
          ...out(a, "0x71"),
          result(a, b),
          ...undo(b, 0),
          result(b, a),
          close(),
        ],
        [visit(a, r0), visit(b, r0, r1), visit(a, r0, r1)],
        [span(2)],
      );
      expect(await s.other.read.count()).to.equal(0n);
      expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
      expect((await stateOf(s, b)).root).to.equal(rootHex(r1));
    });

    it("shows as waiting who waits then", async () => {
      // B is asleep on L1 when the frame is opened, and awake, in no visit at all, when it was reverted.
      const thereB = await proxy(s, REMOTE2, b);
      await program(s, s.other, "0x75", { steps: [step(thereB)], answer: "0x75" });
      await plays(
        [
          open(),
          call(a, b, REMOTE, REMOTE2),
          ...out(b, "0x71"),
          result(b, a),
          ...undo(a, 0),
          call(a, L1, REMOTE, s.other.address, { data: "0x75" }),
          call(L1, b, s.other.address, REMOTE2),
          result(b, L1),
          result(L1, a, "0x75"),
          close(),
        ],
        [visit(b, r0, r1), visit(b, r0, r2), visit(a, r0, r1)],
        [span(1)],
      );
      expect((await stateOf(s, b)).root).to.equal(rootHex(r2));
    });
  });

  describe("with a failed RESULT between rollups", () => {
    const toB = (value = 0n) => call(a, b, REMOTE, REMOTE2, { value });
    const fails = () => result(b, a, "0xdd", true);

    it("is undone on L1 as well", async () => {
      await plays(
        [open(9n), toB(5n), ...out(b, "0x71", 3n), fails(), ...out(a, "0x72", 1n), close()],
        [visit(b, r0), visit(a, r0, r1)],
        [span(1)],
        9n,
      );
      expect(await s.other.read.count()).to.equal(1n);
      expect(await s.publicClient.getBalance({ address: s.other.address })).to.equal(1n);
      expect(await stateOf(s, a)).to.deep.equal({ root: rootHex(r1), balance: 8n });
      expect(await stateOf(s, b)).to.deep.equal({ root: rootHex(r0), balance: 0n });
    });

    it("makes a third rollup forget, and gives what it did until then as a visit", async () => {
      const c = await s.register();
      const thereC = await proxy(s, REMOTE, c);
      const { outcomes } = await postAndRun(
        s,
        [
          execution(
            [
              call(L1, c, user, REMOTE),
              call(c, a, REMOTE, REMOTE),
              toB(),
              call(b, c, REMOTE2, REMOTE),
              result(c, b),
              fails(),
              result(a, c),
              result(c, L1, "0x99"),
            ],
            [visit(b, r0), visit(c, r0), visit(a, r0, r1), visit(c, r0, r1)],
            [span(2)],
          ),
        ],
        [step(thereC)],
      );
      expect(outcomes[0]?.success).to.equal(true);
      expect((await stateOf(s, c)).root).to.equal(rootHex(r1));
      expect((await stateOf(s, b)).root).to.equal(rootHex(r0));
    });

    it("can be followed by a REVERT to the same call", async () => {
      await plays(
        [
          open(),
          toB(), // 1: two frames are opened for the call in it
          ...out(b, "0x71"),
          fails(),
          ...out(a, "0x72"),
          ...undo(a, 0),
          ...out(a, "0x73"),
          close(),
        ],
        [visit(b, r0), visit(a, r0, r1)],
        [span(1, 2)],
      );
      expect(await s.other.read.count()).to.equal(1n);
    });

    it("needs no mark and no undoing if nothing but look-ups was done inside", async () => {
      await program(s, s.other, "0x70", { writes: false });
      await plays(
        [
          open(9n),
          toB(5n),
          call(b, L1, REMOTE, s.other.address, { data: "0x70", isStatic: true }),
          result(L1, b),
          fails(),
          close(),
        ],
        [visit(b, r0), visit(a, r0, r1)],
        [],
        9n,
      );
      expect((await stateOf(s, a)).balance).to.equal(9n);
    });
  });

  it("stays in frames until L1 code that waits outside is answered", async () => {
    await program(s, s.other, "0x75", { steps: [step(there, "0x55")], echoes: true });
    await plays(
      [
        open(),
        call(a, L1, REMOTE, s.other.address, { data: "0x75" }), // 1
        call(L1, a, s.other.address, REMOTE, { data: "0x55" }), // 2
        call(a, L1, REMOTE, s.other.address, { data: "0x71" }), // 3, in a frame that nothing reverts
        ...elsewhere(undo(a, 0), "0x66"), // 4 to 7
        result(L1, a, "0x71"), // 8
        result(a, L1, "0x66"),
        result(L1, a, "0x66"),
        ...out(a, "0x72"),
        close(),
      ],
      [visit(a, r0), visit(a, r0, r1)],
      [span(3), resume(4, 8)],
    );
    expect(await s.other.read.count()).to.equal(3n);
  });

  it("is undone in the re-entrant operation of a rollup, and in the one around it", async () => {
    await program(s, s.other, "0x75", { steps: [step(there, "0x55")], echoes: true });
    await plays(
      [
        open(),
        call(a, L1, REMOTE, s.other.address, { data: "0x75" }), // 1
        call(L1, a, s.other.address, REMOTE, { data: "0x55" }), // 2
        ...out(a, "0x71"), // 3, the first call of this operation
        ...undo(a, 0),
        ...out(a, "0x72"),
        result(a, L1, "0x66"),
        result(L1, a, "0x66"),
        ...undo(a, 0),
        ...out(a, "0x73"),
        close(),
      ],
      [visit(a, r0, r1)],
      [span(1), span(3)],
    );
    expect(await s.other.read.count()).to.equal(1n);
  });

  it("is undone for L2 transactions too", async () => {
    const list = execution(
      [l2txAction(a, "0x01"), ...out(a, "0x71", 0n, GAS), ...undo(a, 0), ...out(a, "0x72", 0n, GAS), close()],
      [visit(a, r0, r1)],
      [span(1)],
    );
    const receipt = await mined(s, s.rollups.write.postBatch([await batchOf(s, [list])]));
    expect(eventsOf(receipt).map(({ eventName }) => eventName)).to.include("ExecutionConsumed");
    expect(await s.other.read.count()).to.equal(1n);
  });

  it("is announced on another path than the one that is taken", async () => {
    // L1 undoes the path on which a rollup undoes something.
    await program(s, s.other, "0xff", { fails: true });
    const steps = [step(there, "0x01"), step(s.other.address, "0xff")];
    const data = encodeFunctionData({ abi: s.other.abi, functionName: "play", args: [steps] });
    const attempt = step(s.other.address, data, { mayFail: true });
    await program(s, s.other, "0x75", { steps: [attempt], answer: "0x75" });
    await plays(
      [
        open(),
        call(a, L1, REMOTE, s.other.address, { data: "0x75" }), // 1
        call(L1, a, s.other.address, REMOTE, { data: "0x01" }), // 2
        call(a, b, REMOTE, REMOTE2), // 3
        result(b, a),
        ...undo(a, 0),
        result(a, L1, "0xaa"), // 7
        result(L1, a, "0x75"), // 8: what came of 2 was undone
        close(),
      ],
      [visit(b, r0, r1), visit(a, r0), visit(a, r0, r1)],
      [resume(2, 8), span(3)],
    );
  });

  describe("is refused", () => {
    const visits = () => [visit(a, r0, r1)];

    it("without a mark, with too few of them, or to another call than the mark's", async () => {
      const list = [open(), ...out(a, "0x71"), ...undo(a, 0), close()];
      await refuses(list, visits(), [], "SpanRequired", [0n, 3n]);
      const twice = [open(), ...out(a, "0x71"), ...undo(a, 0), ...undo(a, 0), close()];
      await refuses(twice, visits(), [span(1)], "SpanRequired", [0n, 5n]);
      for (const number of [1, 2, 2 ** 32 - 1]) {
        await refuses(
          [open(), ...out(a, "0x71"), ...undo(a, number), close()],
          visits(),
          [span(1)],
          "SpanRequired",
          [0n, 3n],
        );
      }
    });

    it("to a call of another operation, or one that has no answer yet", async () => {
      await refuses(
        [
          open(),
          call(a, L1, REMOTE, s.other.address, { data: "0x75" }),
          call(L1, a, s.other.address, REMOTE, { data: "0x55" }),
          ...undo(a, 0),
          result(a, L1),
          result(L1, a),
          close(),
        ],
        visits(),
        [span(1)],
        "SpanRequired",
        [0n, 3n],
      );
      // The operation was answered: what it called is no longer its own to undo.
      await refuses(
        [
          open(),
          call(a, L1, REMOTE, s.other.address, { data: "0x75" }),
          call(L1, a, s.other.address, REMOTE, { data: "0x55" }),
          ...out(a, "0x71"),
          result(a, L1),
          result(L1, a),
          ...undo(a, 0),
          close(),
        ],
        visits(),
        [span(3)],
        "SpanRequired",
        [0n, 7n],
      );
    });

    it("of a call between rollups in which others were made, without a mark", async () => {
      const list = [
        open(),
        call(a, b, REMOTE, REMOTE2),
        ...out(b, "0x71"),
        result(b, a, "0x", true),
        close(),
      ];
      await refuses(list, [visit(b, r0), visit(a, r0, r1)], [], "SpanRequired", [0n, 4n]);
    });

    it("if it is not answered at once", async () => {
      const head = [open(), ...out(a, "0x71")];
      await refuses([...head, revertAction(a, 0), close()], visits(), [span(1)], "BrokenChain", [0n, 4n]);
      await refuses(
        [...head, revertAction(a, 0), call(L1, a, user, REMOTE)],
        visits(),
        [span(1)],
        "RevertNotContinued",
        [0n, 4n],
      );
      await refuses(
        [...head, revertAction(a, 0), revertContinueAction(b)],
        visits(),
        [span(1)],
        "RevertNotContinued",
        [0n, 4n],
      );
      await refuses(
        [open(), call(a, L1, REMOTE, user), revertContinueAction(a), close()],
        visits(),
        [],
        "RevertNotContinued",
        [0n, 2n],
      );
      await refuses([...head, revertAction(a, 0)], visits(), [span(1)], "Unfinished", [0n]);
    });

    it("in another than the canonical form", async () => {
      const head = [open(), ...out(a, "0x71")];
      const [revert, answer] = [revertAction(a, 0), revertContinueAction(a)];
      for (const data of ["0x", "0x000001", "0x0000000001"] as const) {
        await refuses([...head, { ...revert, data }], visits(), [span(1)], "NotCanonical", [0n, 3n]);
      }
      for (const change of [
        { failed: true },
        { value: 1n },
        { sender: user },
        { target: user },
        { isStatic: true },
      ]) {
        await refuses([...head, { ...revert, ...change }], visits(), [span(1)], "NotCanonical", [0n, 3n]);
        await refuses([...head, revert, { ...answer, ...change }], visits(), [span(1)], "NotCanonical", [
          0n,
          4n,
        ]);
      }
      await refuses([...head, revert, { ...answer, data: "0x00" }], visits(), [span(1)], "NotCanonical", [
        0n,
        4n,
      ]);
      await refuses([...head, { ...revert, to: b }], visits(), [span(1)], "NotCanonical", [0n, 3n]);
    });

    it("with marks that do not belong where they stand", async () => {
      const list = [open(), ...out(a, "0x71"), close()];
      const unknown = { ...span(1), kind: 2 as 1 };
      for (const mark of [span(0), span(2), span(3), span(4), span(2 ** 32 - 1), span(1, 0), unknown]) {
        await refuses(list, visits(), [mark], "BadMark", [0n, 0n]);
      }
      await refuses(list, visits(), [span(1), span(1)], "BadMark", [0n, 1n]);
      await refuses(list, visits(), [span(1)], "BadMark", [0n, 0n]);
      const still = call(a, L1, REMOTE, s.other.address, { data: "0x71", isStatic: true });
      await refuses([open(), still, result(L1, a), close()], visits(), [span(1)], "BadMark", [0n, 0n]);
    });

    it("with a SPAN that announces more undoings than any path has: L1 would open frames for them", async () => {
      const list = [open(), ...out(a, "0x71"), ...undo(a, 0), ...out(a, "0x72"), close()];
      await post(list, visits(), [span(1)]);
      for (const count of [2, 3, 50]) {
        await refuses(list, visits(), [span(1, count)], "BadMark", [0n, 0n]);
      }
      await refuses(list, visits(), [span(1), span(5)], "BadMark", [0n, 1n]);
      await refuses(list, visits(), [span(1, 2), span(5)], "BadMark", [0n, 1n]);
      const twice = [
        open(),
        call(a, b, REMOTE, REMOTE2),
        ...out(b, "0x71"),
        result(b, a, "0xdd", true),
        ...undo(a, 0),
        close(),
      ];
      const both = [visit(b, r0), visit(a, r0, r1)];
      await post(twice, both, [span(1, 2)]);
      await refuses(twice, both, [span(1, 3)], "BadMark", [0n, 0n]);
      await refuses(twice, both, [span(1)], "SpanRequired", [0n, 5n]);
    });

    it("with visits that were not made like that", async () => {
      const list = [
        open(),
        call(a, b, REMOTE, REMOTE2),
        call(b, a, REMOTE2, REMOTE),
        result(a, b),
        ...undo(b, 0),
        result(b, a),
        close(),
      ];
      const good = [visit(a, r0), visit(b, r0, r1), visit(a, r0, r1)];
      const [abandoned, , last] = good;
      if (abandoned === undefined || last === undefined) throw new Error("three visits");
      await refuses(list, [visit(a, r0, r1), ...good.slice(1)], [span(2)], "RootMustNotChange", [0n, 0n]);
      await refuses(list, good.slice(1), [span(2)], "VisitMismatch", [0n, 0n]);
      await refuses(list, [...good.slice(0, 2), visit(a, r1, r2)], [span(2)], "VisitsNotChained", [0n, 2n]);
      await refuses(list, [...good, abandoned], [span(2)], "VisitNotMade", [0n, 3n]);
    });

    it("if a rollup would send what it has not, even if that is undone", async () => {
      const list = execution(
        [open(), call(a, b, REMOTE, REMOTE2, { value: 1n }), result(b, a), ...undo(a, 0), close()],
        [visit(b, r0, r1), visit(a, r0, r1)],
        [span(1)],
      );
      const { outcomes } = await postAndRun(s, [list], [step(there, "0x", { mayFail: true })]);
      expectError(outcomes[0]?.data ?? "0x", "InsufficientRollupBalance", [a, 0n, 1n]);
      const onL1 = execution(
        [
          open(),
          ...out(a, "0x71"),
          call(a, b, REMOTE, REMOTE2, { value: 1n }),
          result(b, a),
          ...undo(a, 0),
          close(),
        ],
        [visit(b, r0, r1), visit(a, r0, r1)],
        [span(1)],
      );
      const again = await postAndRun(s, [onL1], [step(there, "0x", { mayFail: true })]);
      expectError(again.outcomes[0]?.data ?? "0x", "InsufficientRollupBalance", [a, 0n, 1n]);
    });
  });

  describe("cannot be forged", () => {
    it("by a callee that reverts with what reverts frames", async () => {
      // SpanUndone(1, offset): to L1 code it is an answer like any other.
      const forged: Hex = `${toFunctionSelector("SpanUndone(uint256,uint256)")}${"00".repeat(31)}01${"00".repeat(32)}`;
      await program(s, s.other, "0x76", { fails: true, answer: forged });
      await plays(
        [
          open(),
          call(a, L1, REMOTE, s.other.address, { data: "0x76" }), // 1
          ...elsewhere(undo(a, 0)), // 2 to 5
          result(L1, a, forged, true),
          ...out(a, "0x71"),
          close(),
        ],
        [visit(a, r0, r2), visit(a, r0, r1)],
        [span(1), resume(2, 6)],
      );
      expect(await s.other.read.count()).to.equal(1n);
    });

    it("by whoever calls the entry point", async () => {
      const reader = {
        table: 0n,
        record: "0x",
        at: 0n,
        flags: 0n,
        count: 0n,
        next: 0n,
      } as const;
      await expectRevert(s.rollups.simulate.playFramed([reader], { account: s.owner }), "OnlySelf");
    });

    it("by giving too little gas: the call fails for want of gas, and with enough all is as it should be", async () => {
      const list = execution(
        [open(), ...out(a, "0x71"), ...undo(a, 0), ...out(a, "0x72"), close()],
        [visit(a, r0, r1)],
        [span(1)],
      );
      const batch = await batchOf(s, [list]);
      // Until enough is given, every attempt fails without data or by finding out that L1 did something else.
      const attempts = Array.from({ length: 60 }, (_, at) =>
        step(there, "0x", { gas: 20_000n + BigInt(at) * 10_000n, mayFail: true }),
      );
      const { outcomes } = await runSteps(s, [batch], attempts);
      const successes = outcomes.filter(({ success }) => success);
      expect(successes).to.deep.equal([{ success: true, data: "0x99" }]);
      expect(await s.other.read.count()).to.equal(1n);
      expect((await stateOf(s, a)).root).to.equal(rootHex(r1));
    });
  });
});
