import { expect } from "chai";
import { FIELD_MODULUS as P } from "../../../builder/protocol/ids.ts";
import { CircuitError, RowCircuit } from "../../../circuits/bus/circuit.ts";
import { evaluateRow, fillRow } from "../../../circuits/bus/evaluate.ts";
import { row, type RowBuilder, RowError } from "../../../circuits/bus/row.ts";
import { codeRow } from "../../../circuits/evm/code/rows.ts";

const noHash = (): bigint => {
  throw new RangeError("nothing is hashed here");
};

/** Why the build refuses a row; undefined if it does not. */
function refusal(describe: (r: RowBuilder) => void): string | undefined {
  try {
    row("tried", "nothing", describe);
    return undefined;
  } catch (error) {
    if (error instanceof RowError) return error.message.replace("Row tried: ", "");
    throw error;
  }
}

describe("circuits/bus: rows that the build refuses", function () {
  it("pack a part whose range is not proven, or is too wide", function () {
    const pack = (bits?: number) =>
      refusal((r) => {
        const [low, high] = [r.given("low"), r.given("high")];
        if (bits !== undefined) r.range(low, bits);
        r.range(high, 20);
        r.pack([low, 24], [high, 20]);
      });
    expect(pack()).to.equal("a packed part is not proven to be below 2^24");
    expect(pack(25)).to.equal("a packed part is not proven to be below 2^24");
    expect(pack(24)).to.equal(undefined);
  });

  it("send a field whose range is not proven, also where it is proven under another flag alone", function () {
    const send = (prove: "always" | "here" | "elsewhere" | "never") =>
      refusal((r) => {
        const index = r.given("index");
        const [flag, other] = [r.flag("flag"), r.flag("other")];
        if (prove === "always") r.range(index, 32);
        if (prove === "here") r.range(index, 32, flag);
        if (prove === "elsewhere") r.range(index, 32, other);
        r.send("freshMemory", { index, context: 1 }, flag);
      });
    expect(send("always")).to.equal(undefined);
    expect(send("here")).to.equal(undefined);
    const reason = "freshMemory.index is not proven to be below 2^32";
    expect(send("elsewhere")).to.equal(reason);
    expect(send("never")).to.equal(reason);
  });

  it("inherit a range from a tuple that is received, where it is received", function () {
    const pass = (where: "always" | "sometimes") =>
      refusal((r) => {
        const [index, flag] = [r.given("index"), r.flag("flag")];
        r.receive("freshMemory", { index, context: 1 }, where === "always" ? r.on : flag);
        r.send("freshMemory", { index, context: 1 });
      });
    expect(pass("always")).to.equal(undefined);
    expect(pass("sometimes")).to.equal("freshMemory.index is not proven to be below 2^32");
  });

  it("take a value for small whose negative is, or whose sum may wrap", function () {
    const wraps = refusal((r) => {
      const index = r.given("index");
      r.range(index, 16);
      r.send("freshMemory", { index: index.minus(1), context: 1 });
    });
    expect(wraps).to.equal("freshMemory.index is not proven to be below 2^32");
  });

  it("are on the bus though they are not used", function () {
    const free = (r: RowBuilder): void => {
      r.send("closed", { context: 1 }, r.given("times"));
    };
    expect(refusal(free)).to.equal("closed is on the bus though the row is not used");
    const bound = (r: RowBuilder): void => {
      r.send("closed", { context: 1 }, r.multiplicity("times"));
    };
    expect(refusal(bound)).to.equal(undefined);
  });

  it("send or receive another number of times than 0 or 1 what both sides' provers send", function () {
    const twice = "freshMemory may be on the bus other than once";
    const send = (times: (r: RowBuilder) => Parameters<RowBuilder["send"]>[2]) =>
      refusal((r) => r.send("freshMemory", { index: 0, context: 1 }, times(r)));
    expect(send((r) => r.on.times(2))).to.equal(twice);
    expect(send((r) => r.multiplicity("times"))).to.equal(twice);
    expect(send((r) => r.flag("one").plus(r.flag("other")))).to.equal(twice);
    expect(send((r) => r.flag("one").minus(r.flag("other")))).to.equal(twice);
    expect(send((r) => r.on.minus(r.flag("one")))).to.equal(undefined);
    expect(send((r) => r.product(r.flag("one"), r.flag("other")))).to.equal(undefined);
    const both = (r: RowBuilder) => {
      const [one, other] = [r.flag("one"), r.flag("other")];
      return one.plus(other).minus(r.product(one, other));
    };
    expect(send(both)).to.equal(undefined);
    const asserted = (r: RowBuilder) => {
      const sum = r.flag("one").plus(r.flag("other"));
      r.assertFlag(sum, "one at most");
      return sum;
    };
    expect(send(asserted)).to.equal(undefined);
    // Receiving minus once is sending without a proof of any range.
    const minus = refusal((r) => r.receive("range", { value: r.given("value") }, r.on.times(-1)));
    expect(minus).to.equal("range may be on the bus other than once");
  });

  it("vouch twice", function () {
    const twice = refusal((r) => {
      r.vouch(0, r.given("one"));
      r.vouch(0, r.given("other"));
    });
    expect(twice).to.equal("vouches twice");
  });
});

describe("circuits/bus: rows", function () {
  it("prove a range by its limbs, at both ends", function () {
    for (const bits of [1, 5, 12, 13, 24, 40, 128, 160]) {
      const type = row("ranged", "value is in range", (r) => r.range(r.given("value"), bits));
      const isProven = (value: bigint): boolean =>
        evaluateRow(type, fillRow(type, { value }, noHash), noHash).entries.every(
          ({ elements: [limb = 0n] }) => limb < 4096n,
        );
      const end = 1n << BigInt(bits);
      for (const value of [0n, 1n, end - 1n])
        expect(isProven(value), `${value} of ${bits} bits`).to.equal(true);
      for (const value of [end, end + 1n, 2n * end, P - 1n, P - end])
        expect(isProven(value), `${value} of ${bits} bits`).to.equal(false);
    }
  });

  it("know one time to be before another only if it is", function () {
    const type = row("ordered", "old < now", (r) => {
      r.before(r.given("old"), r.given("now"));
    });
    const isBefore = (old: bigint, now: bigint): boolean =>
      evaluateRow(type, fillRow(type, { old, now }, noHash), noHash).entries.every(
        ({ elements: [limb = 0n] }) => limb < 4096n,
      );
    expect(isBefore(4n, 5n)).to.equal(true);
    expect(isBefore(4n, 4n + (1n << 24n))).to.equal(true);
    for (const [old, now] of [
      [5n, 5n],
      [5n, 4n],
      [4n, 5n + (1n << 24n)],
    ] as const)
      expect(isBefore(old, now)).to.equal(false);
  });

  it("of a circuit have different names and slots that are there", function () {
    const rows = [{ type: codeRow(1), capacity: 1 }];
    expect(() => new RowCircuit({ rows, slots: 1 })).to.throw(CircuitError);
    expect(() => new RowCircuit({ rows: [...rows, ...rows], slots: 2 })).to.throw(CircuitError);
    expect(() => new RowCircuit({ rows, slots: 2 }).commit([])).to.not.throw();
    const committed = [1n, 2n, 3n];
    const { type } = rows[0]!;
    const one = { type, committed, ...evaluateRow(type, committed, noHash) };
    expect(() => new RowCircuit({ rows, slots: 2 }).commit([one, one])).to.throw(CircuitError);
  });
});
