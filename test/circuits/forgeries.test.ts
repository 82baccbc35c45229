import { expect } from "chai";
import type { LedgerStep } from "../../builder/kinds/ledger/record.ts";
import { ledgerCircuitJob } from "../../builder/kinds/ledger/circuit-input.ts";
import type { Action } from "../../builder/protocol/action.ts";
import { chainId, L1, stateRoot } from "../../builder/protocol/ids.ts";
import { type StatementHeader, VisitStatement } from "../../builder/protocol/statement.ts";
import type { Circuit } from "./support/circuit.ts";
import { loadInstance } from "./support/compile.ts";
import {
  ALICE,
  ask,
  BOB,
  call,
  HEADER,
  LedgerFixture,
  OTHER,
  reply,
  SELF,
  type Visit,
} from "./support/visits.ts";

type Change = (visit: Visit) => Visit;

/** The visit with the steps given; its actions follow. */
function withSteps(visit: Visit, steps: readonly LedgerStep[]): Visit {
  return { ...visit, actions: steps.flatMap((step) => [step.in, step.out]), record: { steps } };
}

/** Changes the action in or out of a step. */
function action(index: number, side: "in" | "out", fields: Partial<Action>): Change {
  return (visit) =>
    withSteps(
      visit,
      visit.record.steps.map((step, at) =>
        at === index ? { ...step, [side]: { ...step[side], ...fields } } : step,
      ),
    );
}

const root: Change = (visit) => ({ ...visit, rootAfter: stateRoot(12345n) });

/**
 * A false statement with everything about it consistent: commitment, challenge and evaluation are those of
 * the false words. Only the circuit's own rules can refuse it.
 */
describe("circuits: false statements", function () {
  this.timeout(600_000);
  const circuits = new Map<string, Circuit>();
  let ledger: LedgerFixture;

  before(async function () {
    for (const name of ["ledger1", "ledger2"]) circuits.set(name, await loadInstance(name));
  });

  beforeEach(async function () {
    ledger = await LedgerFixture.open();
    await ledger.fund(L1, ALICE, 1000n);
  });

  afterEach(async function () {
    await ledger.close();
  });

  async function refused(visit: Visit, header: StatementHeader = HEADER): Promise<boolean> {
    const job = await ledgerCircuitJob(new VisitStatement(header, visit), visit);
    const circuit = circuits.get(job.circuit);
    if (circuit === undefined) throw new Error(`no circuit ${job.circuit}`);
    return circuit.refuses(job.input);
  }

  async function refusedAll(visit: Visit, changes: Readonly<Record<string, Change>>): Promise<void> {
    expect(await refused(visit), "the true statement").to.equal(false);
    for (const [name, change] of Object.entries(changes))
      expect(await refused(change(visit)), name).to.equal(true);
  }

  it("of a transfer", async function () {
    await refusedAll(await ledger.visit(call(ask.transfer(0n, BOB, 10n))), {
      root,
      "more value than came": action(0, "in", { value: 1n }),
      "another sender": action(0, "in", { sender: BOB }),
      "another sender's chain": action(0, "in", { from: OTHER }),
      "another target": action(0, "in", { target: BOB }),
      "another recipient": action(0, "in", { data: ask.transfer(0n, ALICE, 10n) }),
      "another amount": action(0, "in", { data: ask.transfer(0n, BOB, 11n) }),
      "a static call": action(0, "in", { isStatic: true }),
      "gas that no call uses": action(0, "in", { gas: 2 ** 32 }),
      "a result with gas": action(0, "out", { gas: 1 }),
      "a failure": action(0, "out", { failed: true }),
      "other return data": action(0, "out", { data: `0x${"00".repeat(32)}` }),
      "longer return data": action(0, "out", { data: `0x${"00".repeat(31)}0100` }),
      "a result for another chain": action(0, "out", { to: OTHER }),
      "a result in another's name": action(0, "out", { from: OTHER }),
      "a result with value": action(0, "out", { value: 1n }),
      "a call instead of a result": action(0, "out", { kind: 0 }),
    });
  });

  it("of an overdraft", async function () {
    await refusedAll(await ledger.visit(call(ask.transfer(0n, BOB, 1001n))), {
      root,
      "a success": action(0, "out", { failed: false }),
      "another error": action(0, "out", { data: "0x8129bbcd" }),
    });
  });

  it("of a send and its result", async function () {
    const visit = await ledger.visit(
      call(ask.send(OTHER, BOB, 10n, "0xaabb"), { sender: ALICE }),
      reply(OTHER, "0xcc"),
    );
    await refusedAll(visit, {
      root,
      "more value out": action(0, "out", { value: 11n }),
      "another callee": action(0, "out", { target: ALICE }),
      "another callee's chain": action(0, "out", { to: L1 }),
      "another's name": action(0, "out", { sender: ALICE }),
      "other data": action(0, "out", { data: "0xaabc" }),
      "shorter data": action(0, "out", { data: "0xaa" }),
      "padding as data": action(0, "out", { data: "0xaabb00" }),
      "a static call out": action(0, "out", { isStatic: true }),
      "another gas": action(0, "out", { gas: 1 }),
      "a result with gas": action(1, "in", { gas: 1 }),
      "an answer with gas": action(1, "out", { gas: 1 }),
      "a result from a chain that was not called": action(1, "in", { from: L1 }),
      "a result with a sender": action(1, "in", { sender: BOB }),
      "a result with value": action(1, "in", { value: 1n }),
      "another answer handed on": action(1, "out", { data: reply(OTHER, "0xcd").data }),
      "a failed call taken for a success": action(1, "in", { failed: true }),
      "an answer to another chain": action(1, "out", { to: OTHER }),
      "an end without the result": ({ record, ...rest }) =>
        withSteps({ record, ...rest }, record.steps.slice(0, 1)),
    });
  });

  it("of a failed send that is not undone", async function () {
    const paid = await ledger.visit(call(ask.send(OTHER, BOB, 10n, "0x")), reply(OTHER, "0xcc"));
    const change: Change = (visit) =>
      action(1, "out", { failed: true, data: "0xcc" })(action(1, "in", { failed: true })(visit));
    await refusedAll(paid, { "root kept": change });
    // With the root before it is the true statement of a failed send.
    expect(await refused({ ...change(paid), rootAfter: paid.rootBefore })).to.equal(false);
  });

  it("of a signed transaction", async function () {
    await ledger.fund(SELF, ledger.signer.address, 100n);
    const transaction = ledger.transaction(ask.transfer(0n, BOB, 10n));
    const visit = await ledger.visit(transaction);
    const flip = (at: number): Change => {
      const digit = (Number.parseInt(transaction.data[2 + 2 * at] ?? "0", 16) ^ 1).toString(16);
      const data: Action["data"] = `0x${transaction.data.slice(2, 2 + 2 * at)}${digit}${transaction.data.slice(3 + 2 * at)}`;
      return action(0, "in", { data });
    };
    await refusedAll(visit, {
      root,
      "the key's x": flip(5),
      "the key's y": flip(40),
      R8: flip(70),
      S: flip(150),
      "the nonce": flip(167),
      "the deadline": flip(175),
      "the calldata": flip(275),
      "a sender": action(0, "in", { sender: ALICE }),
      value: action(0, "in", { value: 1n }),
      "from another chain": action(0, "in", { from: OTHER }),
      "a static transaction": action(0, "in", { isStatic: true }),
      "gas beside the transaction's own": action(0, "in", { gas: 1 }),
    });
    for (const [name, header] of Object.entries({
      "another EVM chain": { l1ChainId: 1n },
      "another contract": { manager: ALICE },
      "another rollup": { rollup: OTHER },
      "after its deadline": { timestamp: HEADER.timestamp + 1n },
    }))
      expect(await refused(visit, { ...HEADER, ...header }), name).to.equal(true);
    expect(await refused(visit, { ...HEADER, timestamp: HEADER.timestamp - 1n })).to.equal(false);
  });

  it("of a signed transaction played twice", async function () {
    await ledger.fund(SELF, ledger.signer.address, 100n);
    const transaction = ledger.transaction(ask.balanceOf(0n, BOB));
    const first = await ledger.visit(transaction);
    // A deposit's witness shows the signer's account as it is now.
    const deposit = await ledger.fund(SELF, ledger.signer.address, 0n);
    const [before] = first.record.steps;
    const [now] = deposit.record.steps;
    if (before?.type !== "operation" || now?.type !== "operation") throw new Error("not an operation");
    const again = withSteps(deposit, [{ ...before, account: now.account }]);
    expect(await refused(again)).to.equal(true);
  });

  it("of callers that L1 would not let through", async function () {
    const visit = await ledger.visit(call("0x", { target: BOB, value: 5n }));
    await refusedAll(visit, {
      "a caller on the ledger itself": (v) =>
        action(0, "out", { to: SELF })(action(0, "in", { from: SELF })(v)),
    });
    await refusedAll(visit, { "value in a static call": action(0, "in", { isStatic: true }) });
  });

  it("of a second operation while nobody is waited for", async function () {
    const first = await ledger.visit(call("0x", { value: 1n }));
    const second = await ledger.visit(call("0x", { value: 2n }));
    const both = withSteps({ ...first, rootAfter: second.rootAfter }, [
      ...first.record.steps,
      ...second.record.steps,
    ]);
    expect(await refused(both)).to.equal(true);
  });

  it("of a re-entered send", async function () {
    const visit = await ledger.visit(
      call(ask.send(OTHER, BOB, 10n, "0x")),
      call(ask.transfer(0n, BOB, 5n), { from: OTHER, sender: BOB, value: 6n }),
      reply(OTHER, "0xcc"),
    );
    await refusedAll(visit, {
      root,
      "the inner one by a signer": action(1, "in", { kind: 2 }),
      "another inner caller": action(1, "in", { sender: ALICE }),
      "an inner failure": action(1, "out", { failed: true }),
      "the inner one left out": (v) =>
        withSteps(
          v,
          v.record.steps.filter((_, index) => index !== 1),
        ),
      "a result from a chain that only called": action(2, "in", { from: chainId(3) }),
    });
  });
});
