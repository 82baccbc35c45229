import { expect } from "chai";
import fc from "fast-check";
import { type Address, getContractAddress, type Hex, numberToHex } from "viem";
import { checkStatement } from "../../../../builder/kinds/evm/reference/check-statement.ts";
import type { StatementFlaw } from "../../../../builder/kinds/evm/reference/errors.ts";
import { SYSTEM } from "../../../../builder/kinds/evm/system.ts";
import { unprovenDigest } from "../../../../builder/kinds/unproven.ts";
import {
  type Action,
  ActionKind,
  resultAction,
  revertContinueAction,
} from "../../../../builder/protocol/action.ts";
import { lowerCase } from "../../../../builder/protocol/address.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { statementWords } from "../../../../builder/protocol/statement.ts";
import { deploying, NOTARY } from "./assemble.ts";
import { expectFlaw, flawOf } from "./expect-flaw.ts";
import { mutations } from "./mutations.ts";
import {
  answer,
  call,
  OTHER,
  passOn,
  type VisitRun,
  SELF,
  STRANGER,
  TestRollup,
  USER,
  type World,
} from "./rollup.ts";

const FAR: Address = numberToHex(0xfa5n, { size: 20 });

/**
 * What each visit does: its kinds of action (`!` failed, `~` static), and `*` if the state is another one
 * after it.
 */
const EXPECTED: Readonly<Record<string, string>> = {
  deployment: "L2TX RESULT *",
  "deployment with storage": "L2TX RESULT *",
  "creation of a proxy": "L2TX RESULT *",
  "plain call": "CALL RESULT *",
  "call with value": "CALL RESULT *",
  "call to nobody": "CALL RESULT *",
  "static call": "CALL~ RESULT",
  "static call that writes": "CALL~ RESULT!",
  "call that halts": "CALL RESULT!",
  "call that reverts": "CALL RESULT!",
  "call and back": "CALL CALL RESULT RESULT *",
  "call and back, failed": "CALL CALL RESULT! RESULT *",
  "static call out": "CALL CALL~ RESULT RESULT *",
  "static throughout": "CALL~ CALL~ RESULT RESULT",
  "undone frame": "CALL CALL RESULT REVERT REVERT_CONTINUE RESULT *",
  reentrance: "CALL CALL CALL RESULT RESULT RESULT *",
  "reentrance undone": "CALL CALL CALL RESULT RESULT! RESULT *",
  "reentrance that calls on": "CALL CALL CALL CALL RESULT RESULT RESULT RESULT *",
  "viewed while waiting": "CALL CALL CALL~ RESULT RESULT RESULT *",
  "undone frame with reentrance": "CALL CALL CALL RESULT RESULT REVERT REVERT_CONTINUE RESULT *",
  "legacy transaction": "L2TX CALL RESULT RESULT *",
  "eip2930 transaction": "L2TX CALL RESULT RESULT *",
  "eip1559 transaction": "L2TX CALL RESULT RESULT *",
  "eip7702 transaction": "L2TX RESULT *",
  "transaction that reverts": "L2TX CALL RESULT REVERT REVERT_CONTINUE RESULT *",
  "contract that destroys itself": "L2TX RESULT *",
  "several transactions": "L2TX RESULT L2TX RESULT L2TX RESULT *",
  "several transactions, one of them invalid": "L2TX RESULT! L2TX RESULT *",
  "several transactions, all of them invalid": "L2TX RESULT! L2TX RESULT!",
  "invalid transaction": "L2TX RESULT!",
  "reentrance, abandoned after 2 actions": "CALL CALL",
  "reentrance, abandoned after 4 actions": "CALL CALL CALL RESULT",
  "viewed while waiting, abandoned after 4 actions": "CALL CALL CALL~ RESULT",
  "undone frame, abandoned after 4 actions": "CALL CALL RESULT REVERT",
  "reentrance that calls on, abandoned after 6 actions": "CALL CALL CALL CALL RESULT RESULT",
};

/**
 * Visits in which the contract notes whatever it can see, and nothing that comes in is without consequence.
 */
const NOTED = [
  "plain call",
  "call and back",
  "call and back, failed",
  "reentrance",
  "legacy transaction",
  "several transactions",
];

/** Every flaw but that L1 derived other words. */
const SUBSTANTIAL: readonly StatementFlaw[] = [
  "TIMESTAMP_TOO_OLD",
  "ACTION_OUT_OF_PLACE",
  "ACTION_DIFFERS",
  "EXECUTION_REFUSED",
  "ROOT_DIFFERS",
  "WITNESS_MALFORMED",
  "WITNESS_NOT_IN_STATE",
  "WITNESS_VALUE",
  "WITNESS_CODE",
  "NOT_WITNESSED",
];

const proofOf = ({ header, visit }: VisitRun): Hex => unprovenDigest(statementWords(header, [visit]));

/** Answers the calls to come, one after the other; REVERTs by themselves. */
function script(...answers: readonly ((outgoing: Action) => Action)[]): World {
  const rest = [...answers];
  return (action) => {
    if (action.kind === ActionKind.REVERT) return revertContinueAction(SELF);
    const next = rest.shift();
    if (next === undefined) throw new Error("the rollup does more than the script says");
    return next(action);
  };
}

/** The visit given up after its first `count` actions. */
function abandoned({ header, visit, witness }: VisitRun, count: number): VisitRun {
  const { rootBefore, actions } = visit;
  return { header, visit: { rootBefore, rootAfter: rootBefore, actions: actions.slice(0, count) }, witness };
}

describe("checker of evm statements", function () {
  this.timeout(120_000);
  let rollup: TestRollup;
  let notary: Address;
  let second: Address;
  let far: Address;
  /** Every visit that was played, under a name. */
  const visits = new Map<string, VisitRun>();

  before(async function () {
    rollup = await TestRollup.open();
    const deployed = await rollup.deploy(NOTARY);
    const constructed = await rollup.deploy(NOTARY, "77 99 SSTORE");
    const proxied = await rollup.proxy(FAR, OTHER);
    notary = deployed.address;
    second = constructed.address;
    far = proxied.address;
    const keep = (name: string, run: VisitRun): VisitRun => {
      visits.set(name, run);
      return run;
    };
    const data = (bytes: string): Hex => `0x${bytes}`;
    const ok = (outgoing: Action): Action => answer(outgoing, "0xaa");
    const failed = (outgoing: Action): Action => answer(outgoing, "0xbb", true);
    const again = (more: Partial<Action>) => (): Action =>
      call(notary, { from: OTHER, sender: FAR, ...more });

    keep("deployment", deployed.visited);
    keep("deployment with storage", constructed.visited);
    keep("creation of a proxy", proxied.visited);
    keep("plain call", await rollup.run(call(notary)));
    keep("call with value", await rollup.run(call(notary, { value: 5n })));
    keep("call to nobody", await rollup.run(call(STRANGER, { value: 1n, data: data("1234") })));
    keep("static call", await rollup.run(call(notary, { isStatic: true, data: passOn(SYSTEM, 2) })));
    keep("static call that writes", await rollup.run(call(notary, { isStatic: true })));
    keep("call that halts", await rollup.run(call(notary, { data: "0x11" })));
    keep("call that reverts", await rollup.run(call(notary, { value: 2n, data: passOn(second, 1, "0x77") })));
    const out = passOn(far, 0, "0x1234");
    keep("call and back", await rollup.run(call(notary, { value: 3n, data: out }), script(ok)));
    keep("call and back, failed", await rollup.run(call(notary, { value: 3n, data: out }), script(failed)));
    keep("static call out", await rollup.run(call(notary, { data: passOn(far, 2, "0x12") }), script(ok)));
    keep(
      "static throughout",
      await rollup.run(call(notary, { isStatic: true, data: passOn(far, 2) }), script(ok)),
    );
    const undone = passOn(second, 0, passOn(far, 1, "0x99"));
    keep("undone frame", await rollup.run(call(notary, { data: undone }), script(ok)));
    keep("reentrance", await rollup.run(call(notary, { data: out }), script(again({ value: 9n }), ok)));
    keep(
      "reentrance undone",
      await rollup.run(call(notary, { data: out }), script(again({ data: "0x" }), failed)),
    );
    keep(
      "reentrance that calls on",
      await rollup.run(call(second, { data: out }), script(again({ data: out, value: 4n }), ok, ok)),
    );
    const viewed = again({ from: L1, sender: STRANGER, isStatic: true, data: passOn(SYSTEM, 2) });
    const later = (): Action => resultAction({ from: OTHER, to: SELF, failed: false, data: "0xaa" });
    keep("viewed while waiting", await rollup.run(call(notary, { data: out }), script(viewed, later)));
    keep(
      "undone frame with reentrance",
      await rollup.run(call(notary, { data: undone }), script(again({}), ok)),
    );

    for (const type of ["legacy", "eip2930", "eip1559"] as const)
      keep(
        `${type} transaction`,
        await rollup.run(await rollup.signed({ type, to: notary, value: 7n, data: out }), script(ok)),
      );
    const lent = await USER.signAuthorization({
      contractAddress: notary,
      chainId: 0,
      nonce: rollup.nonce + 1,
    });
    keep(
      "eip7702 transaction",
      await rollup.run(await rollup.signed({ type: "eip7702", to: USER.address, authorizationList: [lent] })),
    );
    keep(
      "transaction that reverts",
      await rollup.run(await rollup.signed({ to: notary, data: passOn(far, 1) }), script(ok)),
    );
    keep(
      "contract that destroys itself",
      (await rollup.deploy("0x", "1 1 SSTORE CALLER SELFDESTRUCT")).visited,
    );
    const noting = (nonce?: number) => () =>
      rollup.signed({ to: notary, data: passOn(second, 0, "0x"), ...(nonce !== undefined && { nonce }) });
    // What one of them creates, changes and pays, the next ones find.
    const created = getContractAddress({ from: USER.address, nonce: BigInt(rollup.nonce) });
    keep(
      "several transactions",
      await rollup.joint(
        () => rollup.signed({ data: deploying(NOTARY, "77 99 SSTORE") }),
        () => rollup.signed({ to: created, value: 5n, data: passOn(notary, 0, "0x1234") }),
        () => rollup.signed({ to: notary, value: 1n, data: passOn(lowerCase(created), 0, "0x99") }),
      ),
    );
    keep("several transactions, one of them invalid", await rollup.joint(noting(5), noting()));
    keep("several transactions, all of them invalid", await rollup.joint(noting(5), noting(6)));
    keep("invalid transaction", await rollup.run(await noting(5)()));
    for (const [name, count] of [
      ["reentrance", 2],
      ["reentrance", 4],
      ["viewed while waiting", 4],
      ["undone frame", 4],
      ["reentrance that calls on", 6],
    ] as const)
      keep(`${name}, abandoned after ${count} actions`, abandoned(visits.get(name)!, count));
  });

  after(() => rollup.close());

  it("has visits of every form before it", function () {
    const kindOf = (kind: Action["kind"]) =>
      Object.entries(ActionKind).find(([, number]) => number === kind)?.[0];
    const described = [...visits].map(([name, { visit }]) => {
      const actions = visit.actions.map(
        ({ kind, failed, isStatic }) => `${kindOf(kind) ?? "?"}${failed ? "!" : ""}${isStatic ? "~" : ""}`,
      );
      return [name, `${actions.join(" ")}${visit.rootAfter === visit.rootBefore ? "" : " *"}`];
    });
    expect(Object.fromEntries(described)).to.deep.equal(EXPECTED);
  });

  it("accepts every honest visit", async function () {
    for (const [name, run] of visits) {
      const flaw = await flawOf(() => checkStatement(run)).catch((error: unknown) => String(error));
      expect(flaw, name).to.equal(undefined);
      await checkStatement({ ...run, proof: proofOf(run) });
    }
  });

  /** Whether a field of the statement is something that comes in, and not what the rollup makes of it. */
  const comesIn = (name: string): boolean => {
    const [part, list, at] = name.split(".");
    return part === "header" || (list === "actions" && Number(at) % 2 === 0);
  };

  it("refuses every statement with one field changed, if it is not what L1 derived", async function () {
    for (const [name, { witness, ...statement }] of visits) {
      const proof = proofOf({ witness, ...statement });
      for (const { name: field, mutant } of mutations(statement))
        await expectFlaw(
          () => checkStatement({ ...mutant, witness, proof }),
          ["WORDS_DIFFER", "ACTION_OUT_OF_PLACE"],
          `${name}: ${field}`,
        );
    }
  });

  it("refuses every statement with one field changed, whatever L1 derived", async function () {
    for (const [name, { witness, ...statement }] of visits) {
      for (const { name: field, mutant } of mutations(statement)) {
        // Nothing on a rollup depends on these two.
        if (field === "header.manager" || field === "header.blobs") continue;
        // What comes in may be of no consequence; then the statement is another one, and as true.
        if (comesIn(field) && !NOTED.includes(name)) continue;
        // The gas for L1 of a call in which L1 is not called.
        if (name === "reentrance" && field === "visit.actions.2.gas") continue;
        await expectFlaw(() => checkStatement({ ...mutant, witness }), SUBSTANTIAL, `${name}: ${field}`);
      }
    }
  });

  it("hands on the gas that a call brought for L1, and of a transaction what it has left", async function () {
    const out = passOn(far, 0, "0x1234");
    const ok = (outgoing: Action): Action => answer(outgoing, "0xaa");
    const handsOn = await rollup.run(
      call(notary, { from: OTHER, sender: FAR, gas: 77, data: out }),
      script(ok),
    );
    expect(handsOn.visit.actions[1]?.gas).to.equal(77);
    const again = (): Action => call(notary, { from: OTHER, sender: FAR, gas: 88, data: out });
    const inside = await rollup.run(call(second, { from: OTHER, gas: 99, data: out }), script(again, ok, ok));
    expect(inside.visit.actions.map(({ gas }) => gas)).to.deep.equal([99, 99, 88, 88, 0, 0, 0, 0]);
    const signed = async (gas: bigint): Promise<VisitRun> =>
      await rollup.run(await rollup.signed({ to: notary, gas, data: out }), script(ok));
    const gasOf = ({ visit }: VisitRun): number => visit.actions[1]?.gas ?? 0;
    const [small, more, most] = [
      await signed(1_000_000n),
      await signed(2_000_000n),
      await signed(16_000_000n),
    ];
    // Two frames are left on the way, each of which keeps a 64th.
    expect(gasOf(more) - gasOf(small)).to.be.within(960_000, 980_000);
    expect(gasOf(most)).to.equal(8_000_000);
    for (const run of [handsOn, inside, small, more, most]) {
      await checkStatement(run);
      const { header, visit, witness } = run;
      for (const gas of [0, 1, gasOf(run) - 1, gasOf(run) + 1]) {
        const actions = visit.actions.map((action, at) => (at === 1 ? { ...action, gas } : action));
        await expectFlaw(
          () => checkStatement({ header, witness, visit: { ...visit, actions } }),
          ["ACTION_DIFFERS"],
          `gas ${gas}`,
        );
      }
    }
  });

  it("refuses every visit with one action left out, twice, or exchanged for its neighbour", async function () {
    for (const [name, { header, visit, witness }] of visits) {
      const { actions } = visit;
      const others = actions.flatMap((action, at) => [
        { what: "left out", list: actions.toSpliced(at, 1) },
        { what: "twice", list: actions.toSpliced(at, 0, action) },
        { what: "exchanged", list: actions.toSpliced(at, 2, ...actions.slice(at, at + 2).toReversed()) },
      ]);
      for (const { what, list } of [...others, { what: "all left out", list: [] }]) {
        if (list.length === actions.length && list.every((action, at) => action === actions[at])) continue;
        await expectFlaw(
          () => checkStatement({ header, witness, visit: { ...visit, actions: list } }),
          SUBSTANTIAL,
          `${name}: ${what}`,
        );
      }
    }
  });

  it("refuses a visit that is given up while it is open, if its root changes", async function () {
    for (const [name, run] of visits) {
      if (run.visit.rootAfter === run.visit.rootBefore) continue;
      for (let count = 2; count < run.visit.actions.length; count += 2) {
        const { header, visit, witness } = abandoned(run, count);
        const bold = { ...visit, rootAfter: run.visit.rootAfter };
        await expectFlaw(() => checkStatement({ header, visit: bold, witness }), ["ROOT_DIFFERS"], name);
      }
    }
  });

  it("refuses every witness with one field changed", async function () {
    const names = [...visits.keys()];
    const all = new Map(names.map((name) => [name, [...mutations(visits.get(name)!.witness)]]));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.boolean(), async (name, pick, isPath) => {
        const { header, visit } = visits.get(name)!;
        const fields = all.get(name)!.filter((field) => field.name.includes("iblings") === isPath);
        const { name: field, mutant } = fields[pick % fields.length]!;
        const what = `${name}: ${field}`;
        await expectFlaw(() => checkStatement({ header, visit, witness: mutant }), SUBSTANTIAL, what);
      }),
      { numRuns: 800 },
    );
  });

  it("refuses every witness with one account, slot or code left out", async function () {
    for (const [name, { header, visit, witness }] of visits) {
      // A visit that was given up has the witness of what it was on the way to, and may need less.
      if (name.includes("abandoned")) continue;
      for (const part of ["accounts", "slots", "codes"] as const)
        for (const [at] of witness[part].entries()) {
          const less = { ...witness, [part]: [...witness[part]].toSpliced(at, 1) };
          const what = `${name}: ${part}.${at}`;
          await expectFlaw(() => checkStatement({ header, visit, witness: less }), SUBSTANTIAL, what);
        }
    }
  });
});
