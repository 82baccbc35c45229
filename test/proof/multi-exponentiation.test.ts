import { expect } from "chai";
import { buildBn128, type Curve } from "ffjavascript";
import fc from "fast-check";
import { elementBytes } from "../../builder/keys/little-endian.ts";
import { installMultiExponentiation } from "../../builder/proof/backends/snarkjs/multi-exponentiation.ts";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { points1 } from "../keys/powers-of-tau.ts";

describe("multi-exponentiation", function () {
  this.timeout(120_000);
  const curves: Curve[] = [];
  before(async () => {
    curves.push(await buildBn128(true), await buildBn128(false));
    curves.forEach(installMultiExponentiation);
  });
  after(() => Promise.all(curves.map((curve) => curve.terminate())));

  const scalar = fc.oneof(
    fc.constantFrom(0n, 1n, 2n, FIELD_MODULUS - 1n, (1n << 253n) - 1n),
    fc.bigInt(0n, 255n),
    fc.bigInt(0n, FIELD_MODULUS - 1n),
  );
  // Base 0 stands for the point at infinity.
  const base = fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt(1n, FIELD_MODULUS - 1n));

  it("is what noble-curves adds up, with and without threads, for any mix of zeros and small and large numbers", async () => {
    const seed = Date.now() & 0x7fffffff;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(base, scalar), { maxLength: 40 }), (terms) => compare(terms)),
      { seed, numRuns: 30 },
    );
  });

  it("is so for hundreds of terms, where windows are wider", () =>
    compare(
      Array.from({ length: 700 }, (_, index) => [BigInt(index % 7), BigInt(index) ** 25n % FIELD_MODULUS]),
    ));

  async function compare(terms: readonly (readonly [bigint, bigint])[]): Promise<void> {
    const sum = terms.reduce((total, [point, factor]) => (total + point * factor) % FIELD_MODULUS, 0n);
    const expected = sum === 0n ? Buffer.alloc(64) : Buffer.from(points1([sum]));
    const bases = Buffer.concat(
      terms.map(([point]) => (point === 0n ? new Uint8Array(64) : points1([point]))),
    );
    const scalars = Buffer.concat(terms.map(([, factor]) => elementBytes(factor)));
    for (const curve of curves) {
      const result = new Uint8Array(64);
      curve.G1.toRprLEM(result, 0, curve.G1.toAffine(await curve.G1.multiExpAffine(bases, scalars)));
      expect(Buffer.from(result).toString("hex")).to.equal(expected.toString("hex"));
    }
  }
});
