import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import { keccak256, sliceHex } from "viem";
import { DEVELOPMENT_TAU } from "../../../builder/proving/bus/development-tau.ts";
import { assertKeysAllowed } from "../../../builder/proving/keys/policy.ts";
import { DEVELOPMENT_SECRETS } from "../../../builder/proving/keys/secrets.ts";
import {
  DEVELOPMENT_ALPHA,
  DEVELOPMENT_BETA,
  encodeVerificationKey,
  fromSnarkjs,
  hashVerificationKey,
  isDevelopmentKey,
  toSnarkjs,
  type VerificationKey,
} from "../../../builder/proving/keys/verification-key.ts";
import { readVerificationKey } from "../../../builder/proving/load-circuit.ts";
import { testArtefacts } from "./setting.ts";

describe("verification key", function () {
  this.timeout(240_000);
  let key: VerificationKey;
  before(async () => {
    key = await readVerificationKey(await testArtefacts("bits"));
  });

  it("of the development set-up begins with the multiples of the generators that its secrets give", () => {
    const { alpha, beta, tau } = DEVELOPMENT_SECRETS;
    const onG1 = bn254.G1.Point.BASE.multiply(alpha).toAffine();
    expect(DEVELOPMENT_ALPHA).to.deep.equal([onG1.x, onG1.y]);
    for (const [written, secret] of [
      [DEVELOPMENT_BETA, beta],
      [DEVELOPMENT_TAU, tau],
    ] as const) {
      const { x, y } = bn254.G2.Point.BASE.multiply(secret).toAffine();
      expect(written).to.deep.equal([
        [x.c0, x.c1],
        [y.c0, y.c1],
      ]);
    }
  });

  it("is encoded in 704 bytes: α, β, γ, δ, IC, imaginary parts first", () => {
    const encoded = encodeVerificationKey(key);
    expect((encoded.length - 2) / 2).to.equal(704);
    const word = (index: number): bigint => BigInt(sliceHex(encoded, 32 * index, 32 * (index + 1)));
    const alpha = bn254.G1.Point.BASE.multiply(DEVELOPMENT_SECRETS.alpha).toAffine();
    expect([word(0), word(1)], "α").to.deep.equal([alpha.x, alpha.y]);
    const generator = bn254.G2.Point.BASE.toAffine();
    expect([word(6), word(7), word(8), word(9)], "γ = 1").to.deep.equal([
      generator.x.c1,
      generator.x.c0,
      generator.y.c1,
      generator.y.c0,
    ]);
    const delta = bn254.G2.Point.BASE.multiply(DEVELOPMENT_SECRETS.delta).toAffine();
    expect([word(10), word(11)], "δ").to.deep.equal([delta.x.c1, delta.x.c0]);
    expect([word(14), word(15)], "IC[0]").to.deep.equal(key.ic[0]);
    expect([word(20), word(21)], "IC[3]").to.deep.equal(key.ic[3]);
    expect(hashVerificationKey(key)).to.equal(keccak256(encoded));
  });

  it("survives snarkjs' form", () => {
    expect(fromSnarkjs(toSnarkjs(key))).to.deep.equal(key);
  });

  it("is refused in snarkjs' form when a point is off its curve or outside of G2's subgroup", () => {
    const json = toSnarkjs(key);
    const refuse = (changes: object): void => {
      expect(() => fromSnarkjs({ ...json, ...changes }), Object.keys(changes)[0])
        .to.throw()
        .with.property("code", "KEY_CORRUPT");
    };
    refuse({ vk_alpha_1: ["1", "3", "1"] });
    refuse({ vk_alpha_1: ["0", "0", "1"] });
    refuse({
      vk_beta_2: [
        ["1", "0"],
        ["1", "0"],
        ["1", "0"],
      ],
    });
    refuse({ vk_delta_2: pointOutsideOfTheSubgroup() });
    refuse({
      IC: [
        ["1", "2", "1"],
        ["x", "2", "1"],
      ],
    });
  });

  it("is known for a development key by α alone and by β alone", () => {
    const other = bn254.G1.Point.BASE.multiply(3n).toAffine();
    const other2 = key.gamma;
    const alpha = [other.x, other.y] as const;
    expect(isDevelopmentKey(key)).to.equal(true);
    expect(isDevelopmentKey({ ...key, alpha }), "β").to.equal(true);
    expect(isDevelopmentKey({ ...key, beta: other2 }), "α").to.equal(true);
    expect(isDevelopmentKey({ ...key, alpha, beta: other2 })).to.equal(false);
  });

  it("of development is allowed on the local chains and refused on every other", () => {
    const good = { ...key, alpha: [1n, 2n] as const, beta: key.gamma };
    for (const local of [31337n, 1337n])
      expect(() => {
        assertKeysAllowed(local, [key]);
      }).to.not.throw();
    for (const chain of [1n, 0n, 17000n, 11155111n, 313370n, 31337n + (1n << 64n)]) {
      expect(() => {
        assertKeysAllowed(chain, [good, key]);
      }, `${chain}`)
        .to.throw()
        .with.property("code", "DEVELOPMENT_KEY");
      expect(() => {
        assertKeysAllowed(chain, [good]);
      }).to.not.throw();
    }
  });
});

/**
 * A point of G2's curve that is not a multiple of the generator: the cofactor is large, so the first found is
 * one.
 */
function pointOutsideOfTheSubgroup(): string[][] {
  const { Fp2 } = bn254.fields;
  const b = Fp2.sub(
    Fp2.sqr(bn254.G2.Point.BASE.y),
    Fp2.mul(Fp2.sqr(bn254.G2.Point.BASE.x), bn254.G2.Point.BASE.x),
  );
  for (let real = 1n; ; real++) {
    const x = Fp2.fromBigTuple([real, 1n]);
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      return [
        [x.c0.toString(), x.c1.toString()],
        [y.c0.toString(), y.c1.toString()],
        ["1", "0"],
      ];
    } catch {
      // No square root: x is not on the curve.
    }
  }
}
