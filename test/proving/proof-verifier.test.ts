import { bn254 } from "@noble/curves/bn254.js";
import { expect } from "chai";
import fc from "fast-check";
import { BASE_FIELD_MODULUS } from "../../builder/proving/keys/base-field.ts";
import { compileCurve } from "../../builder/proving/keys/curve-module.ts";
import type { Groth16Proof } from "../../builder/proving/prover.ts";
import { ProofVerifier } from "../../builder/proving/threads/proof-verifier.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { FIELD_MODULUS, fieldElement } from "../../builder/protocol/ids.ts";
import { forge, type ProofParts, strayG2, toxicKey } from "../contracts/toxic-waste.ts";
import { verifyProof } from "./reference-verification.ts";

const RUNS = 40;
const words = [1n, 2n, 3n].map(fieldElement);
const key = toxicKey("verifier");

/** A valid proof, and what it is of. */
function valid(name: string): { proof: Groth16Proof; inputs: bigint[] } {
  const forged = forge(key, words, name);
  const { commitment, challenge, evaluation } = publicInputsOf(words, fieldElement(forged.commitment));
  return { proof: toProof(forged), inputs: [commitment, challenge, evaluation] };
}

/** B with its imaginary parts first. */
function toProof({ a, b: [[x0, x1], [y0, y1]], c }: Omit<ProofParts, "commitment">): Groth16Proof {
  return {
    a,
    b: [
      [x1, x0],
      [y1, y0],
    ],
    c,
  };
}

describe("Verification of proofs in WebAssembly", () => {
  let verifier: ProofVerifier;

  before(async () => {
    verifier = await ProofVerifier.create(await compileCurve(), key.key);
  });

  /** What both verifiers say. */
  const verdict = (inputs: readonly bigint[], proof: Groth16Proof): boolean => {
    const said = verifier.verify(inputs, proof);
    expect(said, "against noble-curves").to.equal(verifyProof(key.key, inputs, proof));
    return said;
  };

  it("accepts proofs, again and again", () => {
    for (const name of ["one", "two", "three"]) {
      const { proof, inputs } = valid(name);
      expect(verdict(inputs, proof)).to.equal(true);
    }
  });

  it("agrees with noble-curves on proofs that were changed anywhere", () => {
    const { proof, inputs } = valid("changed");
    const numbers = [...proof.a, ...proof.b.flat(), ...proof.c, ...inputs];
    const change = fc.oneof(
      fc.constantFrom<(value: bigint) => bigint>(
        () => 0n,
        (value) => value + 1n,
        (value) => BASE_FIELD_MODULUS - value,
        (value) => value + BASE_FIELD_MODULUS,
        (value) => value + FIELD_MODULUS,
        (value) => -value,
      ),
      fc.bigInt({ min: 0n, max: BASE_FIELD_MODULUS - 1n }).map((given) => () => given),
    );
    const changes = fc.array(fc.tuple(fc.nat(numbers.length - 1), change), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(changes, (list) => {
        const changed = [...numbers];
        for (const [at, how] of list) changed[at] = how(changed[at] ?? 0n);
        const at = (index: number): bigint => changed[index] ?? 0n;
        const said = verdict([at(8), at(9), at(10)], {
          a: [at(0), at(1)],
          b: [
            [at(2), at(3)],
            [at(4), at(5)],
          ],
          c: [at(6), at(7)],
        });
        const isSame = changed.every((value, index) => value === numbers[index]);
        // −A and −B together are the same equation.
        if (said) expect(isSame || at(0) === numbers[0]).to.equal(true);
      }),
      { numRuns: RUNS },
    );
  });

  it("accepts A and B both negated, which is the same equation, and neither alone", () => {
    const { proof, inputs } = valid("negated");
    const negate = (y: bigint): bigint => BASE_FIELD_MODULUS - y;
    const a = [proof.a[0], negate(proof.a[1])] as const;
    const b = [proof.b[0], [negate(proof.b[1][0]), negate(proof.b[1][1])]] as const;
    expect(verdict(inputs, { ...proof, a, b })).to.equal(true);
    expect(verdict(inputs, { ...proof, a })).to.equal(false);
    expect(verdict(inputs, { ...proof, b })).to.equal(false);
  });

  it("accepts inputs whose combination of IC is the point at infinity", () => {
    // IC_0 + x·IC_1 is infinity for x = −ic_0/ic_1, with all else zero.
    const Fr = bn254.fields.Fr;
    const [g, two] = [bn254.G1.Point.BASE, bn254.G1.Point.BASE.double()].map((point) => point.toAffine());
    if (g === undefined || two === undefined) throw new Error("two points");
    const ic = [two, g, g, g].map(({ x, y }) => [x, y] as const);
    const special = { ...key.key, ic };
    const { alpha, beta, delta } = key.secrets;
    const [a, b] = [5n, 7n];
    const c = Fr.div(Fr.sub(Fr.mul(a, b), Fr.mul(alpha, beta)), delta);
    const inputs = [FIELD_MODULUS - 2n, 0n, 0n];
    const toPoint = (factor: bigint) => bn254.G1.Point.BASE.multiply(factor).toAffine();
    const [pa, pc, pb] = [toPoint(a), toPoint(c), bn254.G2.Point.BASE.multiply(b).toAffine()];
    const proof: Groth16Proof = {
      a: [pa.x, pa.y],
      b: [
        [pb.x.c1, pb.x.c0],
        [pb.y.c1, pb.y.c0],
      ],
      c: [pc.x, pc.y],
    };
    return compileCurve()
      .then((curve) => ProofVerifier.create(curve, special))
      .then((own) => {
        expect(verifyProof(special, inputs, proof)).to.equal(true);
        expect(own.verify(inputs, proof)).to.equal(true);
        expect(own.verify([FIELD_MODULUS - 3n, 0n, 0n], proof)).to.equal(false);
      });
  });

  it("refuses a B outside the subgroup of prime order", () => {
    const { proof, inputs } = valid("stray");
    expect(verdict(inputs, { ...toProof({ ...proof, b: strayG2() }) })).to.equal(false);
  });

  it("refuses more and fewer inputs than the key has", () => {
    const { proof, inputs } = valid("inputs");
    expect(verdict(inputs.slice(1), proof)).to.equal(false);
    expect(verdict([...inputs, 0n], proof)).to.equal(false);
  });
});
