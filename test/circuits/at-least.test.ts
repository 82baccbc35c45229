import { expect } from "chai";
import fc from "fast-check";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import type { Circuit } from "./support/circuit.ts";
import { compileTemplate } from "./support/compile.ts";
import { freeWires } from "./support/pinned.ts";

const BITS = 64;
const LIMIT = 1n << BigInt(BITS);

describe("circuits/lib/at_least", function () {
  this.timeout(120_000);
  let checked: Circuit;
  let unchecked: Circuit;

  before(async function () {
    checked = await compileTemplate("lib/at_least.circom", "AtLeast", [BITS]);
    unchecked = await compileTemplate("lib/at_least.circom", "AtLeastUnchecked", [BITS]);
  });

  it("compares numbers of its width", async function () {
    const edge = fc.constantFrom(0n, 1n, LIMIT - 2n, LIMIT - 1n);
    const number = fc.oneof(edge, fc.bigInt({ min: 0n, max: LIMIT - 1n }));
    await fc.assert(
      fc.asyncProperty(number, number, async (a, b) => {
        const expected = a >= b ? 1n : 0n;
        expect(await checked.output({ a, b }, "out")).to.equal(expected);
        expect(await unchecked.output({ a, b }, "out")).to.equal(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses numbers just outside of its width", async function () {
    for (const wide of [LIMIT, FIELD_MODULUS - 1n]) {
      expect(await checked.refuses({ a: wide, b: 0n })).to.equal(true);
      expect(await checked.refuses({ a: 0n, b: wide })).to.equal(true);
    }
  });

  it("leaves nothing free", async function () {
    for (const input of [
      { a: 0n, b: 0n },
      { a: LIMIT - 1n, b: 0n },
      { a: 3n, b: 4n },
    ])
      expect(freeWires(checked, await checked.checked(input))).to.deep.equal([]);
  });
});
