import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import fc from "fast-check";
import { Comb } from "../../../builder/proving/keys/comb.ts";
import { CurveMemory, type CurveModule, POINT_BYTES } from "../../../builder/proving/keys/curve-memory.ts";
import { compileCurve } from "../../../builder/proving/keys/curve-module.ts";
import { elementBytes } from "../../../builder/proving/keys/little-endian.ts";
import { readG1, readG2 } from "../../../builder/proving/keys/points.ts";
import { FIELD_MODULUS } from "../../../builder/protocol/ids.ts";

const WINDOW = 6;
const RUNS = 15;
/** Few digits that are not zero, and those next to the order. */
const edges = [
  0n,
  1n,
  2n,
  63n,
  64n,
  65n,
  1n << 252n,
  (1n << 252n) + 1n,
  FIELD_MODULUS - 1n,
  FIELD_MODULUS - 64n,
];
const scalars = fc.array(
  fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: 0n, max: FIELD_MODULUS - 1n })),
  { minLength: 1, maxLength: 12 },
);

describe("many multiples of a generator", function () {
  this.timeout(60_000);
  let curve: CurveModule;
  before(async () => {
    curve = await compileCurve();
  });

  const multiply = async (group: "g1" | "g2", values: readonly bigint[]): Promise<Uint8Array> => {
    const comb = new Comb(await CurveMemory.create(curve), group, WINDOW);
    return comb.multiply(Buffer.concat(values.map(elementBytes))).points;
  };

  it("are those of noble-curves in G1", async () => {
    await fc.assert(
      fc.asyncProperty(scalars, async (values) => {
        const points = await multiply("g1", values);
        for (const [index, value] of values.entries()) {
          const { x, y } = value === 0n ? { x: 0n, y: 0n } : bn254.G1.Point.BASE.multiply(value).toAffine();
          expect(readG1(points, index * POINT_BYTES.g1.affine)).to.deep.equal([x, y]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("are those of noble-curves in G2", async () => {
    await fc.assert(
      fc.asyncProperty(scalars, async (values) => {
        const points = await multiply("g2", values);
        const zero = { c0: 0n, c1: 0n };
        for (const [index, value] of values.entries()) {
          const { x, y } =
            value === 0n ? { x: zero, y: zero } : bn254.G2.Point.BASE.multiply(value).toAffine();
          expect(readG2(points, index * POINT_BYTES.g2.affine)).to.deep.equal([
            [x.c0, x.c1],
            [y.c0, y.c1],
          ]);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
