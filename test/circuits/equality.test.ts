import { expect } from "chai";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";

describe("circuits/lib/equality", function () {
  this.timeout(120_000);
  let zero: Circuit;
  let equals: Circuit;

  before(async function () {
    zero = await compileTemplate("lib/equality.circom", "EqualsZero");
    equals = await compileTemplate("lib/equality.circom", "Equals");
  });

  for (const value of [0n, 1n, 2n, FIELD_MODULUS - 1n]) {
    it(`tells whether ${value} is zero, with no hint left free`, async function () {
      const witness = await zero.checked({ in: value });
      expect(zero.value(witness, "out")).to.equal(value === 0n ? 1n : 0n);
      expect(freeWires(zero, witness)).to.deep.equal([]);
    });
  }

  it("compares field elements", async function () {
    expect(await equals.output({ a: 7n, b: 7n }, "out")).to.equal(1n);
    expect(await equals.output({ a: 7n, b: 8n }, "out")).to.equal(0n);
    expect(await equals.output({ a: 0n, b: FIELD_MODULUS - 1n }, "out")).to.equal(0n);
  });
});
