import { expect } from "chai";
import type { Address } from "viem";
import { type BusEntry, busEntry } from "../../../../circuits/bus/evaluate.ts";
import { calldataWord, callIn } from "../../../../circuits/evm/border/call-in.ts";
import { header } from "../../../../circuits/evm/border/header.ts";
import { resultOut, resultWord } from "../../../../circuits/evm/border/result-out.ts";
import { visit } from "../../../../circuits/evm/border/visit.ts";
import { blockLeaf } from "../../../../circuits/evm/state/block-leaf.ts";
import type { VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { type Action, callAction } from "../../../../builder/protocol/action.ts";
import { L1 } from "../../../../builder/protocol/ids.ts";
import { SELF, type TestRollup } from "../../../kinds/evm/reference/rollup.ts";
import { BorderRollup } from "../support/border.ts";
import { commit, flaws } from "../support/bus.ts";
import { forged, sparable, survivors } from "../support/visit-flaws.ts";

const SENDER: Address = "0x00000000000000000000000000000000c0ffee01";
const OTHER_SENDER: Address = "0x00000000000000000000000000000000c0ffee02";
const NOBODY: Address = "0x00000000000000000000000000000000000abcde";
const BORDER = [header, visit, callIn, calldataWord, resultOut, resultWord];

describe("evm: the border refuses a prover who", () => {
  let border: BorderRollup;
  let rollup: TestRollup;
  /** A counter incremented for the first time, and again; that is sent Ether; Ether for an account. */
  let first: VisitTrace;
  let second: VisitTrace;
  let failing: VisitTrace;
  let paid: VisitTrace;

  before(async () => {
    border = await BorderRollup.open();
    const { counter } = border;
    ({ rollup } = border);
    const trace = async (fields: {
      sender?: Address;
      target?: Address;
      value?: bigint;
    }): Promise<VisitTrace> => {
      return await border.trace(await rollup.run(call(counter, fields)));
    };
    first = await trace({});
    second = await trace({});
    failing = await trace({ value: 3n });
    paid = await trace({ target: NOBODY, value: 7n });
    for (const one of [first, second, failing, paid]) expect(border.flawsOf(one)).to.deep.equal([]);
  });

  after(() => border[Symbol.asyncDispose]());

  const call = (target: Address, fields: Partial<Parameters<typeof callAction>[0]>): Action =>
    callAction({
      from: L1,
      to: SELF,
      sender: SENDER,
      target,
      value: 0n,
      isStatic: false,
      data: "0xd09de08a",
      ...fields,
    });

  /** The trace, of a statement that says something else. */
  const told = (trace: VisitTrace, change: (entry: BusEntry) => BusEntry): VisitTrace => ({
    ...trace,
    told: trace.told.map(change),
  });
  const isWord =
    (index: bigint) =>
    ({ tuple, elements }: BusEntry): boolean =>
      tuple === "word" && elements[1] === index;
  const word = (index: bigint, lo: bigint, hi = 0n): BusEntry => busEntry("word", { lo, index, hi });
  const up = (value: bigint): bigint => value + 1n;

  it("changes any committed value of its rows by 1", () => {
    for (const trace of [first, failing, paid])
      expect(survivors(trace, BORDER, border.poseidon)).to.deep.equal([]);
  }).timeout(120_000);

  it("leaves any row out, or has it twice", () => {
    for (const trace of [first, paid]) expect(sparable(trace, border.poseidon)).to.deep.equal([]);
  }).timeout(120_000);

  it("calls through the proxy of another sender", () => {
    const proxy = BigInt(border.proxies.of(OTHER_SENDER, L1).address);
    expect(border.flawsOf(forged(second, callIn, { proxy: () => proxy }))).not.to.be.empty;
    const others = second.told.filter(({ tuple }) => tuple === "proxy");
    expect(others).to.have.length(1);
  });

  it("creates a proxy that is there, or none where none is", () => {
    expect(border.flawsOf(forged(second, callIn, { created: () => 1n })).join()).to.include(
      "what is created was not there",
    );
    expect(border.flawsOf(forged(first, callIn, { created: () => 0n })).join()).to.include(
      "what is not created is there",
    );
  });

  it("moves no value, or more", () => {
    for (const value of [0n, 14n])
      expect(border.flawsOf(forged(paid, callIn, { value: () => value })).join()).to.match(/word/);
  });

  it("answers with other words, or another length", () => {
    const result = second.rows.find(({ type }) => type === resultWord)?.given.index ?? 0n;
    const other = told(second, (entry) => (isWord(result)(entry) ? word(result, 3n) : entry));
    expect(border.flawsOf(other)).not.to.be.empty;
    expect(border.flawsOf(forged(other, resultWord, { lo: () => 3n })).join()).to.match(/returned/);
    const short = forged(second, resultOut, { length: () => 31n, "packed hi": (hi) => hi - (1n << 32n) });
    expect(border.flawsOf(short).join()).to.match(/ended/);
  });

  it("says that a failure succeeded, or a success failed", () => {
    for (const [trace, succeeded] of [
      [failing, 1n],
      [second, 0n],
    ] as const) {
      const lo = (value: bigint): bigint => value ^ (1n << 8n);
      const index = trace.rows.find(({ type }) => type === resultOut)?.given.index ?? 0n;
      const other = told(trace, (entry) =>
        isWord(index)(entry) ? word(index, lo(entry.elements[0] ?? 0n), entry.elements[2]) : entry,
      );
      const keeps = forged(other, visit, { keeps: () => succeeded });
      const rows = forged(keeps, resultOut, { succeeded: () => succeeded, "packed lo": lo });
      expect(border.flawsOf(rows).join()).to.match(/ended/);
    }
  });

  it("has the root of a failed visit change", () => {
    const root = border.poseidon([7n, 20n]);
    const [lo, hi] = [BigInt.asUintN(128, root), root >> 128n];
    const other = told(failing, (entry) => (isWord(8n)(entry) ? word(8n, lo, hi) : entry));
    const rows = forged(other, visit, {
      "rootAfter lo": () => lo,
      "rootAfter hi": () => hi,
      treeAfter: () => 7n,
      sizeAfter: () => 20n,
    });
    expect(border.flawsOf(rows)).not.to.be.empty;
    expect(border.flawsOf(forged(failing, visit, { keeps: () => 1n })).join()).to.match(/attribute/);
  });

  it("takes a tree for deeper, or for smaller", () => {
    const given = second.rows.find(({ type }) => type === visit)?.given ?? {};
    const depth = [...Array(16).keys()].find((at) => given[`depth ${at + 1}`] === 1n) ?? 0;
    const flags = (shift: number) => ({
      [`depth ${depth + 1}`]: () => 0n,
      [`depth ${depth + 1 + shift}`]: () => 1n,
    });
    for (const shift of [-1, 1])
      expect(border.flawsOf(forged(second, visit, flags(shift))).join()).to.match(/visit: .* is in no range/);
    expect(border.flawsOf(forged(second, visit, { rises: () => 1n })).join()).to.match(
      /visit: .* is in no range/,
    );
    expect(border.flawsOf(forged(second, visit, { sizeBefore: up })).join()).to.include(
      "a state root is that",
    );
  });

  it("plays the visit before the time of the state", () => {
    const early = told(second, (entry) => (isWord(4n)(entry) ? word(4n, 1n) : entry));
    const rows = forged(forged(early, header, { timestamp: () => 1n }), blockLeaf, { timestamp: () => 1n });
    expect(border.flawsOf(rows).join()).to.match(/blockLeaf: .* is in no range/);
  });

  it("calls a precompile or the system contract as an account without code", async () => {
    for (const target of [4n, 0x100n, 0x4c6f636b73746570n]) {
      const other = told(paid, (entry) => (isWord(12n)(entry) ? word(12n, target) : entry));
      const rows = forged(other, callIn, { "target lo": () => target, "target hi": () => 0n });
      expect(border.flawsOf(rows).join()).to.match(
        /callIn: (precompiles are|the system contract is) not covered/,
      );
    }
  });

  it("takes words of the data for the RESULT's", () => {
    const rows = second.rows.map((row) =>
      row.type === resultWord ? { ...row, given: { ...row.given, index: 14n } } : row,
    );
    expect(border.flawsOf({ ...second, rows })).not.to.be.empty;
  });

  it("knows rows that are not used: they say nothing", () => {
    for (const type of BORDER)
      expect(
        flaws(commit([{ type, given: { on: 0n } }], border.poseidon), [], border.poseidon),
      ).to.deep.equal([]);
  });
});
