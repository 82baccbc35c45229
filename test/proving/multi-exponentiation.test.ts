import { expect } from "chai";
import { buildBn128, type Curve } from "ffjavascript";
import fc from "fast-check";
import { elementBytes } from "../../builder/proving/keys/little-endian.ts";
import { compileCurve } from "../../builder/proving/keys/curve-module.ts";
import { MultiExponentiation } from "../../builder/proving/backends/snarkjs/multi-exponentiation.ts";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import { points1, points2 } from "./keys/powers-of-tau.ts";

describe("multi-exponentiation", function () {
  this.timeout(120_000);
  let curve: Curve;
  const engines: MultiExponentiation[] = [];
  before(async () => {
    curve = await buildBn128(true);
    const module = await compileCurve();
    for (const threads of [1, 2]) engines.push(await MultiExponentiation.start(curve, module, threads));
  });

  const scalar = fc.oneof(
    fc.constantFrom(0n, 1n, 2n, FIELD_MODULUS - 1n, (1n << 253n) - 1n),
    fc.bigInt(0n, 255n),
    fc.bigInt(0n, FIELD_MODULUS - 1n),
  );
  // Base 0 stands for the point at infinity.
  // Some are the same point, or each other's negatives.
  const base = fc.oneof(fc.constantFrom(0n, 1n, FIELD_MODULUS - 1n), fc.bigInt(1n, FIELD_MODULUS - 1n));

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
    const scalars = Buffer.concat(terms.map(([, factor]) => elementBytes(factor)));
    for (const [name, group, points, size] of [
      ["g1", curve.G1, points1, 64],
      ["g2", curve.G2, points2, 128],
    ] as const) {
      const bytesOf = (factor: bigint): Uint8Array =>
        factor === 0n ? new Uint8Array(size) : points([factor]);
      const bases = Buffer.concat(terms.map(([point]) => bytesOf(point)));
      for (const engine of engines) {
        const result = new Uint8Array(size);
        group.toRprLEM(result, 0, group.toAffine(await engine.sum(name, bases, scalars)));
        expect(Buffer.from(result).toString("hex")).to.equal(Buffer.from(bytesOf(sum)).toString("hex"));
      }
    }
  }
});
