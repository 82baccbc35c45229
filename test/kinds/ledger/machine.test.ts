import { expect } from "chai";
import { concatHex, encodeErrorResult, type Hex, numberToHex, size, slice, toHex } from "viem";
import { ledgerAbi } from "../../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import type { LedgerMachine } from "../../../builder/kinds/ledger/machine.ts";
import { type Action, ActionKind } from "../../../builder/protocol/action.ts";
import { L1 } from "../../../builder/protocol/ids.ts";
import { expectCode } from "../../protocol/expect-code.ts";
import { ALICE, balanceOf, BOB, call, CONTEXT, OTHER, returned, SELF, send, transfer } from "./scenario.ts";

const TRUE = numberToHex(1n, { size: 32 });
const invalidCalldata = encodeErrorResult({ abi: ledgerAbi, errorName: "InvalidCalldata" });
const staticViolation = encodeErrorResult({ abi: ledgerAbi, errorName: "StaticCallViolation" });
const insufficient = (available: bigint, amount: bigint): Hex =>
  encodeErrorResult({ abi: ledgerAbi, errorName: "InsufficientBalance", args: [available, amount] });

describe("ledger machine", function () {
  this.timeout(60_000);
  let machine: LedgerMachine;

  beforeEach(async function () {
    machine = await ledgerKind.open({ id: SELF });
    await machine.deliver(call("0x", 100n), CONTEXT);
  });
  afterEach(async function () {
    await machine.close();
  });

  const deliver = (action: Action) => machine.deliver(action, CONTEXT);
  const answer = async (action: Action): Promise<Action> => (await deliver(action)).action;
  const balance = (of: Hex, chain = L1): bigint => machine.account(chain, BigInt(of)).balance;

  describe("answers", function () {
    it("credits a deposit to the pair of home chain and address", async function () {
      expect(await answer(call("0x", 7n, { from: OTHER }))).to.include({
        failed: false,
        data: "0x",
        to: OTHER,
      });
      expect(balance(ALICE)).to.equal(100n);
      expect(balance(ALICE, OTHER)).to.equal(7n);
    });

    it("spends value that came with the call, and gives it back with everything else when it fails", async function () {
      expect(await answer(call(transfer(L1, BOB, 130n), 30n))).to.include({ failed: false, data: TRUE });
      expect([balance(ALICE), balance(BOB)]).to.deep.equal([0n, 130n]);
      const root = machine.stateRoot();
      expect(await answer(call(transfer(L1, BOB, 6n), 5n))).to.include({
        failed: true,
        data: insufficient(5n, 6n),
      });
      expect(machine.stateRoot()).to.equal(root);
    });

    it("transfers to oneself", async function () {
      expect(await answer(call(transfer(L1, ALICE, 100n)))).to.include({ failed: false });
      expect(balance(ALICE)).to.equal(100n);
    });

    it("credits a call to an address without code, whatever its calldata", async function () {
      expect(await answer(call("0x1234", 9n, { target: BOB }))).to.include({ failed: false, data: "0x" });
      expect(balance(BOB, SELF)).to.equal(9n);
    });

    it("compares amounts of 2^128 and more in full", async function () {
      const amount = 2n ** 128n + 1n;
      expect(await answer(call(transfer(L1, BOB, amount)))).to.include({
        failed: true,
        data: insufficient(100n, amount),
      });
    });

    /** The calldata with the n-th 32-byte argument replaced. */
    const withArgument = (data: Hex, n: number, value: bigint): Hex => {
      const at = 4 + 32 * n;
      const rest = size(data) > at + 32 ? slice(data, at + 32) : "0x";
      return concatHex([slice(data, 0, at), numberToHex(value, { size: 32 }), rest]);
    };
    const malformed: Record<string, Hex> = {
      "one byte": "0x00",
      "an unknown selector": "0x12345678",
      "a byte too many": concatHex([transfer(L1, BOB, 1n), "0x00"]),
      "a byte too few": slice(transfer(L1, BOB, 1n), 0, 99),
      "a chain of 2^64": withArgument(transfer(L1, BOB, 1n), 0, 2n ** 64n),
      "a dirty address": withArgument(balanceOf(L1, BOB), 1, 2n ** 160n + BigInt(BOB)),
      "a send to itself": send(SELF, BOB, 1n),
      "a send with its payload elsewhere": withArgument(send(L1, BOB, 1n), 3, 160n),
      "a send without its padding": concatHex([withArgument(send(L1, BOB, 1n), 4, 1n), "0xff"]),
      "a send of 2^32 bytes": withArgument(send(L1, BOB, 1n), 4, 2n ** 32n),
    };
    for (const [name, data] of Object.entries(malformed))
      it(`refuses ${name}`, async function () {
        const root = machine.stateRoot();
        expect(await answer(call(data, 5n))).to.include({ failed: true, data: invalidCalldata });
        expect(await answer(call(data, 0n, { isStatic: true }))).to.include({
          failed: true,
          data: invalidCalldata,
        });
        expect(machine.stateRoot()).to.equal(root);
      });

    it("lets static calls read and receive, but not move", async function () {
      const isStatic = true;
      expect(await answer(call(balanceOf(L1, ALICE), 0n, { isStatic }))).to.include({
        data: numberToHex(100n, { size: 32 }),
      });
      expect(await answer(call("0x", 0n, { isStatic }))).to.include({ failed: false });
      // Static comes before the balance, and calldata before static.
      for (const data of [transfer(L1, BOB, 1000n), send(L1, BOB, 1000n)])
        expect(await answer(call(data, 0n, { isStatic }))).to.include({
          failed: true,
          data: staticViolation,
        });
      expect(await answer(call("0x12345678", 0n, { isStatic }))).to.include({ data: invalidCalldata });
    });
  });

  describe("outgoing calls", function () {
    it("debits before it calls, and returns the answer as bytes", async function () {
      const out = await deliver(call(send(OTHER, BOB, 40n, "0x1234")));
      expect(out.visit).to.equal(undefined);
      expect(out.action).to.include({
        kind: ActionKind.CALL,
        from: SELF,
        to: OTHER,
        target: BOB,
        value: 40n,
        data: "0x1234",
      });
      expect([machine.suspended, balance(ALICE)]).to.deep.equal([true, 60n]);
      const end = await deliver(returned("0xabcdef", { from: OTHER }));
      const data = `0x${"20".padStart(64, "0")}${"3".padStart(64, "0")}${"abcdef".padEnd(64, "0")}`;
      expect(end.action).to.include({ kind: ActionKind.RESULT, to: L1, failed: false, data });
      expect(end.visit?.actions).to.have.length(4);
      expect([machine.suspended, balance(ALICE)]).to.deep.equal([false, 60n]);
    });

    it("undoes everything, re-entrant operations too, when the call fails", async function () {
      const root = machine.stateRoot();
      await deliver(call(send(L1, BOB, 40n), 1n));
      expect(await answer(call(transfer(L1, BOB, 5n)))).to.include({ failed: false });
      const end = await deliver(returned("0xdead", { failed: true }));
      expect(end.action).to.include({ failed: true, data: "0xdead" });
      expect(end.visit).to.include({ rootBefore: root, rootAfter: root });
      expect(machine.stateRoot()).to.equal(root);
    });

    it("undoes only the inner operation when only its call fails", async function () {
      await deliver(call(send(L1, BOB, 40n)));
      await deliver(call(send(L1, BOB, 10n)));
      expect(balance(ALICE)).to.equal(50n);
      expect(await answer(returned("0x", { failed: true }))).to.include({ failed: true });
      expect(machine.suspended).to.equal(true);
      expect((await deliver(returned("0x"))).visit?.record.steps).to.have.length(4);
      expect(balance(ALICE)).to.equal(60n);
    });
  });

  describe("refusals", function () {
    let root: bigint;
    beforeEach(function () {
      root = machine.stateRoot();
    });
    afterEach(function () {
      expect([machine.stateRoot(), machine.suspended]).to.deep.equal([root, false]);
    });

    it("calldata up to 424 bytes fits, 425 do not", async function () {
      expect(await answer(call(toHex(new Uint8Array(424))))).to.include({ failed: true });
      const largest = send(L1, BOB, 1000n, toHex(new Uint8Array(256)));
      expect(size(largest)).to.equal(420);
      expect(await answer(call(largest))).to.include({ failed: true, data: insufficient(100n, 1000n) });
      await expectCode(deliver(call(toHex(new Uint8Array(425)))), "VISIT_TOO_LARGE");
      await expectCode(deliver(call(toHex(new Uint8Array(425)), 0n, { target: BOB })), "VISIT_TOO_LARGE");
    });

    it("256 bytes of return data fit, 257 take the whole visit", async function () {
      await deliver(call(send(L1, BOB, 1n)));
      await deliver(returned(toHex(new Uint8Array(256)), { failed: true }));
      await deliver(call(send(L1, BOB, 1n)));
      await expectCode(deliver(returned(toHex(new Uint8Array(257)))), "VISIT_TOO_LARGE");
    });

    it("a third operation takes the whole visit", async function () {
      await deliver(call(send(L1, BOB, 1n)));
      await deliver(call(transfer(L1, BOB, 1n)));
      await expectCode(deliver(call("0x", 3n)), "VISIT_TOO_LARGE");
    });

    it("balances stay below 2^128", async function () {
      await expectCode(deliver(call("0x", 2n ** 128n - 100n)), "BALANCE_OVERFLOW");
      await expectCode(deliver(call("0x12345678", 2n ** 128n - 100n)), "BALANCE_OVERFLOW");
      machine.checkpoint();
      await deliver(call("0x", 2n ** 128n - 1n, { from: OTHER }));
      await expectCode(deliver(call(transfer(OTHER, ALICE, 1n))), "BALANCE_OVERFLOW");
      machine.revert();
    });

    it("accounts that are new while its tree is full, and goes on with the others", async function () {
      // The tree's first leaf, and two accounts.
      const full = await ledgerKind.open({ id: SELF, places: 3 });
      const to = (action: Action) => full.deliver(action, CONTEXT);
      await to(call("0x", 100n));
      // Two new accounts in one operation, then in an operation that is entered again: neither leaves a
      // trace.
      await expectCode(to(call(transfer(L1, BOB, 1n), 2n, { from: OTHER })), "TREE_FULL");
      await to(call(send(OTHER, BOB, 1n)));
      await expectCode(to(call(transfer(L1, BOB, 1n), 2n, { from: OTHER })), "TREE_FULL");
      expect(full.suspended).to.equal(false);
      await to(call(transfer(L1, BOB, 7n)));
      const root = full.stateRoot();
      await expectCode(to(call("0x", 1n, { from: OTHER })), "TREE_FULL");
      await expectCode(to(call("0x", 1n, { target: ALICE })), "TREE_FULL");
      await expectCode(to(call(transfer(OTHER, BOB, 1n))), "TREE_FULL");
      expect(full.stateRoot()).to.equal(root);
      expect((await to(call(balanceOf(OTHER, BOB)))).action).to.include({ failed: false });
      expect((await to(call(transfer(L1, BOB, 93n)))).action).to.include({ failed: false });
      expect(full.account(L1, BigInt(BOB)).balance).to.equal(100n);
      await full.close();
    });

    it("actions that cannot come now, or ever", async function () {
      await expectCode(deliver(returned("0x")), "UNEXPECTED_DELIVERY");
      await expectCode(deliver(call("0x", 0n, { to: OTHER })), "UNEXPECTED_DELIVERY");
      await expectCode(deliver(call("0x", 1n, { isStatic: true })), "INVALID_ACTION");
      await expectCode(deliver(call("0x", 2n ** 128n)), "INVALID_ACTION");
      await expectCode(deliver(call("0x", 0n, { from: SELF })), "INVALID_ACTION");
      await expectCode(deliver(call("0x", 0n, { kind: ActionKind.REVERT })), "INVALID_ACTION");
      await deliver(call(send(L1, BOB, 1n)));
      await expectCode(deliver(returned("0x", { from: OTHER })), "UNEXPECTED_DELIVERY");
      await expectCode(deliver(returned("0x")), "UNEXPECTED_DELIVERY");
    });
  });

  describe("journal", function () {
    it("drops a suspended visit that began inside the level", async function () {
      const root = machine.stateRoot();
      machine.checkpoint();
      await deliver(call(send(L1, BOB, 1n)));
      machine.checkpoint();
      await deliver(call(transfer(L1, BOB, 1n)));
      machine.commit();
      machine.revert();
      expect([machine.stateRoot(), machine.suspended]).to.deep.equal([root, false]);
      expect(await answer(call("0x", 1n))).to.include({ failed: false });
    });

    it("refuses to commit a level while a visit that began inside it waits, and drops the visit", async function () {
      const root = machine.stateRoot();
      machine.checkpoint();
      await deliver(call(send(L1, BOB, 1n)));
      expect(() => {
        machine.commit();
      })
        .to.throw()
        .with.property("code", "UNBALANCED_JOURNAL");
      expect([machine.stateRoot(), machine.suspended]).to.deep.equal([root, false]);
      await machine.persist();
    });

    it("lets a callee that did not re-enter revert", async function () {
      await deliver(call(send(L1, BOB, 1n)));
      machine.checkpoint();
      machine.revert();
      expect(await answer(returned("0x", { failed: true }))).to.include({ failed: true });
      expect(balance(ALICE)).to.equal(100n);
    });

    it("refuses to undo a re-entrant operation alone, and loses the visit", async function () {
      const root = machine.stateRoot();
      await deliver(call(send(L1, BOB, 1n)));
      const sent = machine.stateRoot();
      machine.checkpoint();
      await deliver(call(transfer(L1, BOB, 1n)));
      expect(() => {
        machine.revert();
      })
        .to.throw()
        .with.property("code", "UNDONE_WHILE_SUSPENDED");
      expect(machine.stateRoot()).to.equal(sent);
      await expectCode(deliver(returned("0x")), "UNDONE_WHILE_SUSPENDED");
      expect([machine.stateRoot(), machine.suspended]).to.deep.equal([root, false]);
    });

    it("unwinds level by level after a refusal in the middle of a visit", async function () {
      const root = machine.stateRoot();
      machine.checkpoint();
      await deliver(call("0x", 5n));
      machine.checkpoint();
      await deliver(call(send(L1, BOB, 1n)));
      machine.checkpoint();
      await deliver(call(transfer(L1, BOB, 1n)));
      machine.checkpoint();
      await expectCode(deliver(call("0x")), "VISIT_TOO_LARGE");
      expect(balance(ALICE)).to.equal(105n);
      for (let level = 0; level < 4; level++) machine.revert();
      expect(machine.stateRoot()).to.equal(root);
      expect(() => {
        machine.revert();
      })
        .to.throw()
        .with.property("code", "UNBALANCED_JOURNAL");
    });

    it("refuses a result while levels opened during the call are open", async function () {
      const root = machine.stateRoot();
      await deliver(call(send(L1, BOB, 1n)));
      machine.checkpoint();
      await expectCode(deliver(returned("0x")), "UNBALANCED_JOURNAL");
      machine.revert();
      expect(machine.stateRoot()).to.equal(root);
    });

    it("persists and rewinds only at rest", async function () {
      const genesis = await ledgerKind.genesisRoot();
      machine.checkpoint();
      await expectCode(machine.persist(), "JOURNAL_OPEN");
      await expectCode(machine.rewind(genesis), "JOURNAL_OPEN");
      machine.commit();
      await machine.persist();
      await deliver(call(send(L1, BOB, 1n)));
      await expectCode(machine.persist(), "JOURNAL_OPEN");
      await deliver(returned("0x"));
      await machine.rewind(genesis);
      expect([machine.stateRoot(), balance(ALICE)]).to.deep.equal([genesis, 0n]);
    });
  });
});
