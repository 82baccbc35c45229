import { expect } from "chai";
import { type Address, concatHex, type Hex, keccak256, numberToHex, size, sliceHex } from "viem";
import { circuit, CODE_TYPES } from "../../../../circuits/evm/index.ts";
import { CODE_SLOTS } from "../../../../builder/kinds/evm/proof/limits.ts";
import type { VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { busProofSystemAbi as abi } from "../../../../builder/protocol/abi.ts";
import { busProofBytes } from "../../../../builder/proving/bus/proofs.ts";
import { runtimeCode } from "../../../circuits/evm/support/runtime-code.ts";
import { put } from "../../../contracts/canonical/mutate.ts";
import { expectRevert } from "../../../contracts/outcome.ts";
import { ProvenRollup, type ProvenRun, type TracedRun } from "./proven-rollup.ts";

const INCREMENT: Hex = "0xd09de08a";
/** Returns 42. */
const ANSWER: Hex = "0x602a60005260206000f3";
const SLOTS = CODE_TYPES.length;
const WORD = 32;
/** Bytes of a code in a proof: slot, hash, C_Q. */
const CODE = 4 * WORD;

/** Statements of several codes, and calls of contracts with different ones, against the real contract. */
describe("codes of proven visits", function () {
  this.timeout(900_000);
  let rollup: ProvenRollup;
  let counter: Address;
  let counterCode: Hex;
  let answer: Address;
  /** Executes the counter's code in slot 1, and has the other code in slot 0. */
  let both: ProvenRun;

  before(async () => {
    expect(CODE_SLOTS, "slots that the builder counts on").to.equal(circuit.slots);
    rollup = await ProvenRollup.open();
    counterCode = await runtimeCode("examples/Counter.sol", "Counter");
    counter = await rollup.deploy(counterCode);
    answer = await rollup.deploy(ANSWER);
    const { run, traced } = await rollup.call(counter, INCREMENT);
    both = await rollup.prove({ run, traced: inSlotOne(traced) });
  });
  after(async () => {
    await rollup.close();
  });

  /** Which slot a code has is for the prover to say. */
  function inSlotOne({ rows, told, codes }: VisitTrace): VisitTrace {
    const moved = rows.map(({ type, given }) => ({
      type,
      given: "slot" in given ? { ...given, slot: 1n } : given,
    }));
    const [only] = codes;
    if (only === undefined) throw new Error("a code");
    return {
      rows: moved,
      told,
      codes: [
        { slot: 0n, code: ANSWER },
        { ...only, slot: 1n },
      ],
    };
  }

  const refuses = (name: string, args: readonly unknown[] | undefined, proof: Hex): Promise<void> =>
    expectRevert(rollup.verify({ words: both.words, proof }), name, args, abi);

  it("stand in two slots of one statement, each opened", async () => {
    const { trace, proof } = both;
    expect(trace.codes.map(({ slot, used }) => [slot, used.size > 0])).to.deep.equal([
      [0, false],
      [1, true],
    ]);
    const proofs = trace.vectors.length;
    expect(size(proof)).to.equal(busProofBytes({ proofs, slots: SLOTS, codes: 2 }));
    await rollup.verify(both);
  });

  it("are of calls in one transaction, of contracts with different codes", async () => {
    const [one, other] = [
      await rollup.prove(await rollup.call(counter, INCREMENT)),
      await rollup.prove(await rollup.call(answer, "0x")),
    ];
    expect(other.run.visit.actions[1]?.data).to.equal(numberToHex(42, { size: WORD }));
    await rollup.verify(one, both, other);
    const exchanged = rollup.verify(
      { words: one.words, proof: other.proof },
      { words: other.words, proof: one.proof },
    );
    await expectRevert(exchanged, "BusNotBalanced", undefined, abi);
  });

  it("are not exchanged, left out, doubled or others, once they were committed to", async () => {
    const { proof, trace } = both;
    const end = size(proof);
    const codesAt = end - 2 * WORD - 2 * CODE;
    const part = (from: number, to: number): Hex => sliceHex(proof, from, to);
    const [zero, one, opening] = [
      part(codesAt, codesAt + CODE),
      part(codesAt + CODE, codesAt + 2 * CODE),
      part(end - 2 * WORD, end),
    ];
    const proofs = part(2 * WORD, codesAt);
    const made = (...codes: readonly Hex[]): Hex =>
      concatHex([
        numberToHex(trace.vectors.length, { size: WORD }),
        numberToHex(codes.length, { size: WORD }),
        proofs,
        ...codes,
        opening,
      ]);
    expect(made(zero, one)).to.equal(proof);
    const inSlot = (code: Hex, slot: number): Hex => put(code, 0, numberToHex(slot, { size: WORD }));
    // Whatever stands there is in the challenges: the bus is another one before anything is opened.
    for (const codes of [
      [inSlot(one, 0), inSlot(zero, 1)],
      [zero, put(one, WORD, keccak256(ANSWER))],
      [zero, concatHex([sliceHex(one, 0, 2 * WORD), sliceHex(zero, 2 * WORD)])],
    ])
      await refuses("BusNotBalanced", undefined, made(...codes));
    await refuses("SlotNotOpened", [0n, 0n], made(one));
    await refuses("SlotNotOpened", [0n, 1n], made(zero));
    for (const codes of [
      [one, zero],
      [zero, one, one],
    ])
      await refuses("SlotsNotAscending", [0n], made(...codes));
  });

  it("do not vouch for each other: rows of one code in the other's slot have no opening", async () => {
    const { run, traced } = await rollup.call(counter, INCREMENT);
    const lie = async (codes: VisitTrace["codes"]): Promise<unknown> =>
      await rollup.prove({ run, traced: { ...traced, codes } } satisfies TracedRun).then(
        () => "proven",
        (error: unknown) => error,
      );
    // The code in slot 0 is said to be another one, which has a slot of its own besides.
    const outcome = await lie([
      { slot: 0n, code: ANSWER },
      { slot: 1n, code: counterCode },
    ]);
    expect(outcome).to.be.instanceOf(Error);
    // With the head of the true code the frame asks for what no slot has.
    expect(await lie([{ slot: 1n, code: counterCode }])).to.have.property("code", "TRACE_UNSOUND");
  });
});
