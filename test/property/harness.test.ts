import { expect } from "chai";
import type { RecordedExecution } from "../../builder/simulate/recording/recorded-execution.ts";
import {
  type Action,
  callAction,
  l2txAction,
  resultAction,
  revertAction,
  revertContinueAction,
} from "../../builder/protocol/action.ts";
import { type Mark, MarkKind } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { LEDGER_ROLLUP, ROLLUP_A, ROLLUP_B } from "./deployment.ts";
import { minimise, smaller } from "./minimise.ts";
import type { Operation, Program } from "./program.ts";
import { isWellFormed } from "./programs.ts";
import { REFUSALS, Refusals } from "./refusals.ts";
import { rulesOf } from "./rule-reader.ts";
import type { Rule } from "./rules.ts";
import { programsOf } from "./shard.ts";
import { chanceOfAtLeast, chanceOfNone } from "./statistics.ts";

describe("property: shards", () => {
  const shard = (from: number, to: number) => [...programsOf({ seed: 7, depth: 4, from, to })];

  it("together are the whole, wherever it is cut", () => {
    const whole = shard(0, 100);
    expect(whole.map(({ index }) => index)).to.deep.equal(Array.from({ length: 100 }, (_, index) => index));
    expect([...shard(0, 33), ...shard(33, 34), ...shard(34, 100)]).to.deep.equal(whole);
    expect(shard(61, 62)[0]).to.deep.equal(whole[61]);
  });

  it("differ from seed to seed", () => {
    const [other] = programsOf({ seed: 8, depth: 4, from: 5, to: 6 });
    expect(other).to.not.deep.equal(shard(5, 6)[0]);
  });

  it("hold programs that call newcomers only where they can be called", () => {
    for (const { program, index } of shard(0, 100))
      expect(isWellFormed(program), `program ${index}`).to.equal(true);
  });
});

describe("property: minimising", () => {
  const logs = ({ transactions }: Program, tag: number): boolean =>
    transactions.some((each) => "script" in each && holds(each.script, tag));
  const holds = (script: readonly Operation[], tag: number): boolean =>
    script.some(
      (operation) =>
        (operation.do === "log" && operation.tag === tag) ||
        ("script" in operation && holds(operation.script, tag)),
    );
  const program: Program = {
    homes: [1, 2, 0, 1],
    transactions: [
      { from: 1, to: 0, script: [{ do: "read", slot: 1 }] },
      {
        from: 2,
        to: 1,
        value: 7,
        joined: true,
        script: [
          { do: "balance" },
          {
            do: "call",
            to: "sender",
            value: 3,
            script: [
              { do: "write", slot: 3, value: 9 },
              { do: "log", tag: 0 },
            ],
          },
        ],
      },
    ],
  };

  it("leaves what is needed, and nothing else", async () => {
    const smallest = await minimise(program, async (candidate) => logs(candidate, 0));
    expect(smallest).to.deep.equal({
      homes: [0, 0, 0, 0],
      transactions: [{ from: 0, to: 1, value: 0, joined: false, script: [{ do: "log", tag: 0 }] }],
    });
  });

  it("ends after so many trials", async () => {
    let trials = 0;
    await minimise(
      program,
      async () => {
        trials++;
        return false;
      },
      5,
    );
    expect(trials).to.equal(5);
  });

  it("never tries the program itself", () => {
    for (const candidate of smaller(program)) expect(candidate).to.not.deep.equal(program);
  });
});

describe("property: what chance may do", () => {
  it("is the binomial distribution's tail", () => {
    // Hardhat's matchers know whole numbers only.
    const isNear = (actual: number, expected: number, delta: number): boolean =>
      Math.abs(actual - expected) <= delta;
    expect(chanceOfAtLeast(0, 10, 0.3)).to.equal(1);
    expect(isNear(chanceOfAtLeast(10, 10, 0.5), 1 / 1024, 1e-12)).to.equal(true);
    expect(isNear(chanceOfAtLeast(1, 3, 0.5), 7 / 8, 1e-12)).to.equal(true);
    expect(chanceOfAtLeast(11, 10, 0.9)).to.equal(0);
    // The mean of the greater one is 2,000: half of it is above.
    expect(isNear(chanceOfAtLeast(2_000, 20_000, 0.1), 0.5, 0.02)).to.equal(true);
    expect(chanceOfAtLeast(2_300, 20_000, 0.1) < 1e-9).to.equal(true);
  });

  it("does not keep a rule from being asked for once 21 times as many programs ran as it needs", () => {
    for (const often of [2, 20, 500]) {
      expect(chanceOfNone(21 * often, 1 / often) < 1e-9).to.equal(true);
      expect(chanceOfNone(10 * often, 1 / often) > 1e-9).to.equal(true);
    }
  });

  it("complains about a code that comes too often, and about none that does not", () => {
    const [code = "", tolerated] = Object.entries(REFUSALS).find(([, { most }]) => most <= 0.05) ?? [];
    const most = tolerated?.most ?? 0;
    const refusals = new Refusals();
    for (let at = 0; at < 1_000 * most; at++) refusals.add([code, code]);
    expect(refusals.programs.get(code)).to.equal(Math.ceil(1_000 * most));
    expect(refusals.excess(1_000)).to.deep.equal([]);
    for (let at = 0; at < 300; at++) refusals.add([code]);
    expect(refusals.excess(1_000)).to.have.length(1);
    refusals.add(["UNHEARD_OF"]);
    expect(refusals.excess(1_000)).to.have.length(2);
  });
});

describe("property: rules read from a list", () => {
  const SENDER = "0x00000000000000000000000000000000000000aa";
  const TARGET = "0x00000000000000000000000000000000000000bb";
  const call = (from: ChainId, to: ChainId, more: Partial<Action> = {}): Action => ({
    ...callAction({ from, to, sender: SENDER, target: TARGET, value: 0n, isStatic: false, data: "0x" }),
    ...more,
  });
  const result = (from: ChainId, to: ChainId, failed = false): Action =>
    resultAction({ from, to, failed, data: "0x" });
  const rules = (actions: readonly Action[], marks: readonly Mark[] = []): Set<Rule> => {
    const execution: RecordedExecution = { actions, visits: [], marks };
    return new Set(rulesOf(execution, (_, address) => address === SENDER));
  };

  it("a ring of three rollups, and nothing undone", () => {
    const found = rules([
      call(L1, ROLLUP_A),
      call(ROLLUP_A, ROLLUP_B),
      call(ROLLUP_B, LEDGER_ROLLUP),
      call(LEDGER_ROLLUP, ROLLUP_A),
      result(ROLLUP_A, LEDGER_ROLLUP),
      result(LEDGER_ROLLUP, ROLLUP_B),
      result(ROLLUP_B, ROLLUP_A),
      result(ROLLUP_A, L1),
    ]);
    expect([...found]).to.include.members(["1 ring of three rollups", "1 visit of several operations"]);
    for (const rule of found) expect(rule).to.not.match(/undo|abandoned|RESUME|SPAN|forgotten/);
  });

  it("a REVERT to the second call, of which the callee's visit knows nothing or forgets something", () => {
    const found = rules(
      [
        l2txAction(ROLLUP_A, "0x01"),
        call(ROLLUP_A, ROLLUP_B),
        call(ROLLUP_B, ROLLUP_A),
        call(ROLLUP_A, L1, { isStatic: true }),
        result(L1, ROLLUP_A),
        call(ROLLUP_A, ROLLUP_B, { value: 5n }),
        result(ROLLUP_B, ROLLUP_A),
        call(ROLLUP_A, L1),
        result(L1, ROLLUP_A),
        revertAction(ROLLUP_A, 1),
        revertContinueAction(ROLLUP_A),
        result(ROLLUP_A, ROLLUP_B),
        result(ROLLUP_B, ROLLUP_A),
        result(ROLLUP_A, L1),
      ],
      [{ kind: MarkKind.SPAN, at: 5, to: 1 }],
    );
    expect([...found]).to.include.members([
      "1 REVERT to a later call",
      "1 REVERT after calls that are static or failed",
      "1 REVERT undoes several calls",
      "1 REVERT undoes a call to L1",
      "1 REVERT of an operation that entered again",
      "1 value is undone",
      "1 visit abandoned at an undoing, goes on",
      "1 actions forgotten by a visit that ends",
      "3 L2TX that calls L1",
    ]);
  });

  it("a failed RESULT between rollups, and a visit of a third", () => {
    const found = rules(
      [
        call(L1, ROLLUP_A),
        call(ROLLUP_A, ROLLUP_B),
        call(ROLLUP_B, LEDGER_ROLLUP),
        call(LEDGER_ROLLUP, L1),
        result(L1, LEDGER_ROLLUP),
        result(LEDGER_ROLLUP, ROLLUP_B),
        result(ROLLUP_B, ROLLUP_A, true),
        result(ROLLUP_A, L1),
      ],
      [{ kind: MarkKind.SPAN, at: 1, to: 1 }],
    );
    expect([...found]).to.include.members([
      "1 failed RESULT between rollups undoes",
      "1 failed RESULT between rollups undoes a call to L1",
      "1 failed visit",
    ]);
    expect(found.has("1 failed RESULT between rollups, all inside was undone before")).to.equal(false);
  });

  it("alternatives of a turn: paths that end in a failure, with a static call's RESULT, and where L1 went back", () => {
    const found = rules(
      [
        call(L1, ROLLUP_A),
        call(ROLLUP_A, L1),
        call(L1, ROLLUP_B),
        result(ROLLUP_B, L1, true),
        call(L1, ROLLUP_B, { isStatic: true }),
        result(ROLLUP_B, L1),
        call(L1, ROLLUP_A),
        result(ROLLUP_A, L1),
        result(L1, ROLLUP_A),
        result(ROLLUP_A, L1),
      ],
      [
        { kind: MarkKind.RESUME, at: 2, to: 4 },
        { kind: MarkKind.RESUME, at: 4, to: 6 },
        { kind: MarkKind.RESUME, at: 6, to: 8 },
      ],
    );
    expect([...found]).to.include.members([
      "1 turn of three alternatives",
      "1 path ends (b) with a failed RESULT to L1",
      "1 path ends (c) with the RESULT of L1's static call",
      "1 path ends (d) where L1 undid what came before",
      "1 visit abandoned at the end of a path",
      "7 operation that enters again",
    ]);
    expect(found.has("7 unknown sender")).to.equal(false);
  });

  it("a stranger that is called back in a static call", () => {
    const found = rules([
      call(L1, ROLLUP_A, { sender: TARGET, isStatic: true }),
      call(ROLLUP_A, L1, { isStatic: true, target: TARGET }),
      result(L1, ROLLUP_A),
      result(ROLLUP_A, L1),
    ]);
    expect([...found]).to.include.members([
      "7 unknown sender in a static call",
      "7 unknown sender called back in a static call",
      "3 static execution that calls L1",
    ]);
  });
});
