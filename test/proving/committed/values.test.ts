import { expect } from "chai";
import { committedValues } from "../../../builder/proving/committed-values.ts";
import { elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

describe("committed values", () => {
  it("are the inputs' in their order, arrays in row order, 32 bytes each", () => {
    const values = [3n, 1n << 64n, FIELD_MODULUS - 1n, 0n, (1n << 200n) + 5n];
    const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n] = values;
    const trace = { second: c, other: 9n, first: [[a], [b]], third: [[], [d, e]] };
    const bytes = committedValues(["first", "second", "third"], 5, trace);
    expect(Buffer.compare(bytes, Buffer.concat(values.map(elementBytes)))).to.equal(0);
  });

  it("are refused when one is missing, too many or too few, or not in the field", () => {
    const refused = (trace: Parameters<typeof committedValues>[2], reason: RegExp): void => {
      expect(() => committedValues(["a", "b"], 3, trace)).to.throw(RangeError, reason);
    };
    refused({ a: [1n, 2n] }, /input b is not given/);
    refused({ a: [1n, 2n], b: [] }, /2 values .* instead of 3/);
    refused({ a: [1n, 2n], b: [3n, 4n] }, /4 values .* instead of 3/);
    refused({ a: [1n, 2n], b: FIELD_MODULUS }, /input b .* not in the field/);
    refused({ a: [1n, -1n], b: 1n }, /input a .* not in the field/);
  });
});
