import { expect } from "chai";
import { type Address, type Hex, zeroAddress } from "viem";
import { type BusEntry, busEntry } from "../../../../circuits/bus/evaluate.ts";
import { transactionIn } from "../../../../circuits/evm/border/transaction-in.ts";
import { droppedWord, transactionOut } from "../../../../circuits/evm/border/transaction-out.ts";
import { rawWord, transactionWord } from "../../../../circuits/evm/border/transaction-words.ts";
import { visit } from "../../../../circuits/evm/border/visit.ts";
import { end } from "../../../../circuits/evm/steps/end.ts";
import { sload, sstore } from "../../../../circuits/evm/steps/storage.ts";
import type { VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { lowerCase } from "../../../../builder/protocol/address.ts";
import { resultAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { L1_CHAIN_ID, SELF, type TestRollup, USER } from "../../../kinds/evm/reference/rollup.ts";
import { BorderRollup } from "../support/border.ts";
import { commit, flaws } from "../support/bus.ts";
import { forged, sparable, survivors } from "../support/visit-flaws.ts";

const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const INCREMENT: Hex = "0xd09de08a";
const BORDER = [transactionIn, transactionOut, rawWord, transactionWord, droppedWord];
/** Rows that have to do with what is undone. */
const UNDOING = [transactionIn, transactionOut, end, sload, sstore];

describe("evm: the border of an L2TX refuses a prover who", () => {
  let border: BorderRollup;
  let rollup: TestRollup;
  /** A counter incremented; sent Ether, which fails; Ether for an account; invalid; undone. */
  let counted: VisitTrace;
  let failed: VisitTrace;
  let paid: VisitTrace;
  let invalid: VisitTrace;
  let undone: VisitTrace;

  before(async () => {
    border = await BorderRollup.open();
    const { counter } = border;
    ({ rollup } = border);
    const fees = { maxPriorityFeePerGas: 3n, maxFeePerGas: 5n, gas: 100_000n };
    const trace = async (fields: { to: Address; data?: Hex; value?: bigint }): Promise<VisitTrace> => {
      return await border.trace(await rollup.run(await rollup.signed({ ...fees, ...fields })));
    };
    counted = await trace({ to: counter, data: INCREMENT });
    failed = await trace({ to: counter, data: INCREMENT, value: 9n });
    paid = await trace({ to: NOBODY, value: 7n });
    // 7 to slot 0, which is read, then 8; 1 is read and the frame reverts.
    const { address } = await rollup.deploy("0x60075f555f5460085f555f6001545ffd");
    undone = await trace({ to: address, value: 9n });
    const { store } = rollup;
    const root = store.stateRoot();
    const signer = lowerCase(USER.address);
    const action = await rollup.signed({ ...fees, to: NOBODY, value: 7n, nonce: 99 });
    const answer = resultAction({ from: SELF, to: L1, failed: true, data: "0x" });
    const { timestamp } = store.block;
    invalid = await border.trace({
      header: { l1ChainId: L1_CHAIN_ID, manager: NOBODY, rollup: SELF, timestamp, blobs: 0n },
      visit: { rootBefore: root, rootAfter: root, actions: [action, answer] },
      witness: store.witnessOf({ accounts: new Set([signer, NOBODY, zeroAddress]), slots: new Map() }),
    });
    for (const one of [counted, failed, paid, invalid, undone]) expect(border.flawsOf(one)).to.deep.equal([]);
  });

  after(() => border[Symbol.asyncDispose]());

  const up = (value: bigint): bigint => value + 1n;

  it("changes any committed value of its rows by 1", () => {
    for (const trace of [counted, failed, paid, invalid])
      expect(survivors(trace, BORDER, border.poseidon)).to.deep.equal([]);
    expect(survivors(undone, UNDOING, border.poseidon)).to.deep.equal([]);
  }).timeout(180_000);

  it("leaves any row out, or has it twice", () => {
    for (const trace of [paid, invalid, undone]) expect(sparable(trace, border.poseidon)).to.deep.equal([]);
  }).timeout(120_000);

  /** What the two rows of an L2TX and the visit say of validity, changed together. */
  const revalued = (trace: VisitTrace, valid: bigint): VisitTrace => {
    const outs = { valid: () => valid, succeeds: () => valid };
    const packed = (value: bigint): bigint => value ^ (1n << 8n);
    const index = trace.rows.find(({ type }) => type === transactionOut)?.given.index ?? 0n;
    const told = trace.told.map((entry: BusEntry) =>
      entry.tuple === "word" && entry.elements[1] === index
        ? busEntry("word", { lo: packed(entry.elements[0] ?? 0n), index, hi: (1n - valid) << 32n })
        : entry,
    );
    const rows = forged({ ...trace, told }, transactionOut, {
      ...outs,
      "packed lo": packed,
      "packed hi": () => (1n - valid) << 32n,
    });
    return forged(forged(rows, transactionIn, { succeeds: () => valid }), visit, { keeps: () => valid });
  };

  it("takes a valid transaction for invalid, or an invalid one for valid", () => {
    expect(border.flawsOf(revalued(paid, 0n))).not.to.be.empty;
    expect(border.flawsOf(revalued(invalid, 1n)).join()).to.include("what is not valid does not succeed");
    expect(border.flawsOf(forged(paid, transactionIn, { isSigned: () => 0n })).join()).to.include(
      "valid or invalid",
    );
    expect(border.flawsOf(forged(invalid, transactionIn, { "payer nonce": () => 99n })).join()).to.match(
      /account/,
    );
  });

  it("says what L1 does not: another signer, value, nonce or price", () => {
    for (const name of [
      "signer lo",
      "value lo",
      "nonce",
      "maxFeePerGas lo",
      "maxPriorityFeePerGas lo",
      "floorGas",
    ])
      expect(border.flawsOf(forged(paid, transactionIn, { [name]: up })).join(), name).to.match(
        /transaction/,
      );
  });

  it("takes another type for one that is covered", () => {
    const told = paid.told.map((entry) =>
      entry.tuple === "transaction" && entry.elements[2] === 0n
        ? { ...entry, elements: [2n, 0n, 0n, 0n] }
        : entry,
    );
    expect(border.flawsOf(forged({ ...paid, told }, transactionIn, { status: () => 2n })).join()).to.include(
      "valid or invalid",
    );
  });

  it("moves the value of a transaction that reverts, or says that it succeeded", () => {
    expect(border.flawsOf(forged(failed, transactionIn, { succeeds: () => 1n })).join()).to.match(/payment/);
    const both = forged(forged(failed, transactionIn, { succeeds: () => 1n }), transactionOut, {
      succeeds: () => 1n,
    });
    expect(border.flawsOf(both).join()).to.match(/ended/);
  });

  it("writes in a frame that is going to fail", () => {
    const rows = forged(forged(counted, transactionIn, { succeeds: () => 0n }), transactionOut, {
      succeeds: () => 0n,
    });
    // The frame's rows say that what they write lasts; one that fails is told that it does not.
    expect(border.flawsOf(rows).join()).to.match(/attribute\(0, 1, 193, 0\)/);
  });

  it("undoes nothing of what a failed frame wrote, or what a frame wrote that succeeded", () => {
    const lasts = { undone: () => 0n, lastUndoing: () => 0n };
    const kept = [sload, sstore].reduce((trace, type) => forged(trace, type, lasts), undone);
    const rows = forged(forged(kept, end, { ...lasts, count: () => 0n }), transactionIn, {
      lastUndoing: () => 0n,
    });
    expect(border.flawsOf(rows).join()).to.match(/attribute\(1, 1, 193, 0\)/);
    const time = counted.rows.find(({ type }) => type === end)?.given.time ?? 0n;
    const told = forged(counted, transactionIn, { lastUndoing: () => time });
    expect(border.flawsOf(told).join()).to.include("only what a frame did that fails is undone");
  });

  it("refunds more than there is, or more than a fifth, or goes below the floor", () => {
    expect(border.flawsOf(forged(counted, transactionOut, { refund: () => 4_800n })).join()).to.match(
      /refund/,
    );
    for (const trace of [counted, paid]) {
      expect(border.flawsOf(forged(trace, transactionOut, { gas: up })).join()).to.match(/ended/);
      expect(border.flawsOf(forged(trace, transactionOut, { floor: () => 0n })).join()).to.match(/payment/);
    }
  });

  it("knows rows that are not used: they say nothing", () => {
    for (const type of BORDER)
      expect(
        flaws(commit([{ type, given: { on: 0n } }], border.poseidon), [], border.poseidon),
      ).to.deep.equal([]);
  });
});
