import { expect } from "chai";
import { concatHex, type Hex, numberToHex, toHex, zeroAddress } from "viem";
import type { Action } from "../../builder/protocol/action.ts";
import { evaluateWords } from "../../builder/protocol/fingerprint.ts";
import { fieldElement, L1 } from "../../builder/protocol/ids.ts";
import { statementWords } from "../../builder/protocol/statement.ts";
import type { Circuit } from "./support/circuit.ts";
import { loadInstance } from "./support/compile.ts";
import {
  ALICE,
  ask,
  BOB,
  call,
  HEADER,
  jobOf,
  LedgerFixture,
  OTHER,
  reply,
  SELF,
  type Visit,
} from "./support/visits.ts";

/** Longest data of a send and of its result. */
const LONGEST: Hex = `0x${"f3".repeat(256)}`;

describe("circuits: every kind of visit is provable", function () {
  this.timeout(600_000);
  let circuits: Record<string, Circuit>;
  let ledger: LedgerFixture;

  before(async function () {
    circuits = { ledger1: await loadInstance("ledger1"), ledger2: await loadInstance("ledger2") };
  });

  beforeEach(async function () {
    ledger = await LedgerFixture.open();
  });

  afterEach(async function () {
    await ledger.close();
  });

  /**
   * Proves the visit up to the pairing: the R1CS accepts its witness, and its public inputs are the
   * statement's.
   */
  async function provable(visit: Visit, expected: string): Promise<void> {
    const job = await jobOf(visit);
    expect(job.circuit).to.equal(expected);
    const circuit = circuits[job.circuit];
    if (circuit === undefined) throw new Error(`no circuit ${job.circuit}`);
    const [, commitment, challenge, evaluation] = await circuit.checked(job.input);
    expect(commitment).to.equal(job.commitment);
    expect(challenge).to.equal(job.input.challenge);
    const words = statementWords(HEADER, [visit]);
    expect(evaluation).to.equal(evaluateWords(words, fieldElement(challenge ?? 0n)));
  }

  async function succeeds(...actions: Action[]): Promise<void> {
    const visit = await ledger.visit(...actions);
    expect(visit.actions.at(-1)?.failed).to.equal(false);
    await provable(visit, "ledger1");
  }

  async function fails(...actions: Action[]): Promise<void> {
    const visit = await ledger.visit(...actions);
    expect(visit.actions.at(-1)?.failed).to.equal(true);
    expect(visit.rootAfter).to.equal(visit.rootBefore);
    await provable(visit, "ledger1");
  }

  describe("one operation", function () {
    beforeEach(async function () {
      await ledger.fund(L1, ALICE, 1000n);
    });

    it("receives from an account that is there and one that is new", async function () {
      await succeeds(call("0x", { value: 1n }));
      await succeeds(call("0x", { sender: BOB, value: 5n }));
      await succeeds(call("0x", { from: OTHER, value: (1n << 128n) - 1n }));
    });

    it("receives nothing from nobody, which changes nothing", async function () {
      await succeeds(call("0x", { sender: BOB }));
      await succeeds(call("0x", { sender: zeroAddress, value: 3n }));
    });

    it("transfers to a new account, to one that is there, and to the payer", async function () {
      await succeeds(call(ask.transfer(0n, BOB, 10n)));
      await succeeds(call(ask.transfer(0n, BOB, 990n)));
      await succeeds(call(ask.transfer(OTHER, ALICE, 5n), { sender: BOB, value: 4n }));
      await succeeds(call(ask.transfer(0n, BOB, 50n), { sender: BOB }));
      await succeeds(call(ask.transfer(0n, ALICE, 0n)));
      await succeeds(call(ask.transfer(3n, BOB, 0n)));
    });

    it("inserts two accounts at once", async function () {
      await succeeds(
        call(ask.transfer((1n << 64n) - 1n, BOB, 10n), { from: OTHER, sender: BOB, value: 11n }),
      );
    });

    it("reads balances: of the payer, of another, of nobody", async function () {
      await succeeds(call(ask.balanceOf(0n, ALICE), { value: 300n }));
      await succeeds(call(ask.balanceOf(0n, BOB)));
      await succeeds(call(ask.balanceOf(0n, ALICE), { isStatic: true, sender: BOB }));
    });

    it("credits accounts without code", async function () {
      await succeeds(call("0x1234", { target: BOB, value: 8n }));
      await succeeds(call(ask.transfer(0n, BOB, 1n), { target: BOB }));
      await succeeds(call(`0x${"00".repeat(424)}`, { target: ALICE, isStatic: true }));
    });

    // call-data.test.ts looks at many more forms.
    it("refuses calldata that is not well-formed", async function () {
      const send = ask.send(0n, BOB, 1n, "0x1234");
      const bent = (hex: Hex, byte: number, value: Hex): Hex =>
        concatHex([`0x${hex.slice(2, 2 + 2 * byte)}`, value, `0x${hex.slice(4 + 2 * byte)}`]);
      const transfer = ask.transfer(0n, BOB, 1n);
      const malformed: Hex[] = [
        "0x00",
        `0x${"ff".repeat(424)}`,
        concatHex([transfer, "0x00"]),
        bent(transfer, 4, "0x01"), // chain ≥ 2^64
        bent(ask.balanceOf(0n, BOB), 47, "0x01"), // address ≥ 2^160
        ask.send(SELF, BOB, 1n, "0x"), // to itself
        bent(send, 163, "0x21"), // payload longer than its room
      ];
      for (const data of malformed) await fails(call(data, { value: 2n }));
    });

    it("takes well-formed calldata at the edges", async function () {
      const send = ask.send(0n, BOB, 1n, `0x${"ab".repeat(33)}`);
      // Padding bytes are not looked at.
      await succeeds(call(`${send.slice(0, -2)}99` as Hex), reply(L1, "0x"));
      await succeeds(call(ask.send(0n, BOB, 1n, `0x${"ab".repeat(32)}`)), reply(L1, "0x"));
    });

    it("refuses moves in a static call, before it looks at the balance", async function () {
      await fails(call(ask.transfer(0n, BOB, 5000n), { isStatic: true }));
      await fails(call(ask.send(0n, BOB, 1n, "0x"), { isStatic: true }));
      await fails(call("0x01", { isStatic: true }));
      await succeeds(call("0x", { isStatic: true }));
    });

    it("refuses to overdraw, by one wei and by as much as a number can say", async function () {
      for (const amount of [1001n, (1n << 128n) - 1n, 1n << 128n, (1n << 256n) - 1n]) {
        await fails(call(ask.transfer(0n, BOB, amount)));
        await fails(call(ask.send(0n, BOB, amount, "0xabcd")));
      }
      await fails(call(ask.transfer(0n, BOB, 1004n), { value: 3n }));
      await fails(call(ask.transfer(0n, BOB, 1n), { sender: BOB }));
      await succeeds(call(ask.transfer(0n, BOB, 1003n), { value: 3n }));
    });

    it("sends with empty, short and the longest data, and hands the answer on", async function () {
      for (const data of ["0x", "0x01", `0x${"22".repeat(31)}`, `0x${"22".repeat(62)}`, LONGEST] as const)
        for (const answer of ["0x", "0x07", `0x${"33".repeat(32)}`, LONGEST] as const)
          await succeeds(call(ask.send(0n, BOB, 2n, data)), reply(L1, answer));
      await succeeds(call(ask.send(OTHER, BOB, 1n, "0x55")), reply(OTHER, "0x66"));
    });

    it("is undone by a failed send, new accounts included", async function () {
      await fails(call(ask.send(0n, BOB, 1n, "0x")), reply(L1, "0x", true));
      await fails(
        call(ask.send(OTHER, BOB, 1n, LONGEST), { sender: BOB, value: 9n }),
        reply(OTHER, LONGEST, true),
      );
      await fails(call(ask.send(OTHER, BOB, 1n, "0x"), { value: 9n }), reply(OTHER, toHex("no"), true));
    });

    it("plays signed transactions: each function, each failure", async function () {
      const address = ledger.signer.address;
      await succeeds(ledger.transaction(ask.balanceOf(SELF, address)));
      await ledger.fund(SELF, address, 100n);
      await succeeds(ledger.transaction(ask.transfer(0n, BOB, 60n)));
      await succeeds(ledger.transaction(ask.transfer(SELF, address, 40n), HEADER.timestamp + 1n));
      await succeeds(ledger.transaction(ask.send(0n, BOB, 1n, LONGEST)), reply(L1, LONGEST));
      await fails(ledger.transaction(ask.transfer(0n, BOB, 61n)));
      await fails(ledger.transaction(concatHex([ask.transfer(0n, BOB, 1n), "0x00"])));
      await fails(ledger.transaction(`0xd611067e${"ff".repeat(420)}`));
      await fails(
        ledger.transaction(ask.send(OTHER, BOB, 5n, "0x01")),
        reply(OTHER, numberToHex(5n, { size: 32 }), true),
      );
    });
  });

  describe("two operations", function () {
    beforeEach(async function () {
      await ledger.fund(L1, ALICE, 1000n);
    });

    const outer = (): Action => call(ask.send(OTHER, BOB, 10n, "0xaa"));

    async function plays(failed: boolean, ...actions: Action[]): Promise<void> {
      const visit = await ledger.visit(...actions);
      expect(visit.actions.at(-1)?.failed).to.equal(failed);
      if (failed) expect(visit.rootAfter).to.equal(visit.rootBefore);
      await provable(visit, "ledger2");
    }

    it("plays an inner operation that answers at once", async function () {
      await plays(
        false,
        outer(),
        call(ask.transfer(0n, BOB, 990n), { from: OTHER, value: 990n }),
        reply(OTHER, "0x01"),
      );
      await plays(false, outer(), call(ask.transfer(0n, BOB, 900n)), reply(OTHER, "0x01"));
      await plays(false, outer(), call("0x", { sender: BOB, value: 20n, from: OTHER }), reply(OTHER, "0x"));
    });

    it("plays an inner operation that fails or is static", async function () {
      await plays(false, outer(), call("0x99"), reply(OTHER, LONGEST));
      await plays(false, outer(), call(ask.transfer(0n, BOB, 991n)), reply(OTHER, "0x"));
      await plays(false, outer(), call(ask.balanceOf(0n, ALICE), { isStatic: true }), reply(OTHER, "0x"));
      await plays(
        false,
        outer(),
        call(`0x${"77".repeat(424)}`, { target: BOB, value: 3n }),
        reply(OTHER, "0x"),
      );
    });

    it("undoes the inner operation with the outer one", async function () {
      await plays(true, outer(), call(ask.transfer(0n, BOB, 1n)), reply(OTHER, "0xdead", true));
    });

    it("plays an inner send, and undoes either or both", async function () {
      for (const inner of [false, true])
        for (const failed of [false, true])
          await plays(
            failed,
            outer(),
            call(ask.send(0n, BOB, 7n, LONGEST), { from: OTHER, sender: BOB, value: 8n }),
            reply(L1, "0x1234", inner),
            reply(OTHER, LONGEST, failed),
          );
    });

    it("is entered again during a signed transaction", async function () {
      await ledger.fund(SELF, ledger.signer.address, 100n);
      await plays(
        false,
        ledger.transaction(ask.send(L1, BOB, 10n, "0x")),
        call(ask.balanceOf(SELF, ledger.signer.address)),
        reply(L1, "0x"),
      );
    });
  });
});
