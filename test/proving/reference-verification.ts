import { bn254 } from "@noble/curves/bn254.js";
import type { G1Point, G2Point, VerificationKey } from "../../builder/proving/keys/verification-key.ts";
import { FIELD_MODULUS } from "../../builder/protocol/ids.ts";
import type { Groth16Proof } from "../../builder/proving/prover.ts";

const { G1, G2, fields } = bn254;
type Point1 = typeof G1.Point.BASE;
type Point2 = typeof G2.Point.BASE;

/**
 * Groth16 verification: e(A, B) = e(α, β)·e(IC(inputs), γ)·e(C, δ). Implemented on noble-curves, so it shares
 * no code with the provers it checks. False for points off their curve or outside of G2's subgroup,
 * coordinates or inputs out of range, and a wrong number of inputs.
 */
export function verifyProof(key: VerificationKey, inputs: readonly bigint[], proof: Groth16Proof): boolean {
  const [constant, ...points] = key.ic;
  if (constant === undefined || inputs.length !== points.length) return false;
  if (inputs.some((input) => input < 0n || input >= FIELD_MODULUS)) return false;
  try {
    const combination = points.reduce(
      (sum, point, index) => sum.add(multiply(toG1(point), inputs[index] ?? 0n)),
      toG1(constant),
    );
    // The proof has imaginary parts first, keys have them last.
    const [[x1, x0], [y1, y0]] = proof.b;
    const b = toG2([
      [x0, x1],
      [y0, y1],
    ]);
    const product = bn254.pairingBatch(
      [
        { g1: toG1(proof.a).negate(), g2: b },
        { g1: toG1(key.alpha), g2: toG2(key.beta) },
        { g1: combination, g2: toG2(key.gamma) },
        { g1: toG1(proof.c), g2: toG2(key.delta) },
      ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0()),
    );
    return fields.Fp12.eql(product, fields.Fp12.ONE);
  } catch (error) {
    // noble-curves throws plain errors for points that are not valid.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error;
    return false;
  }
}

/** noble-curves' `multiply` refuses zero. */
function multiply(point: Point1, scalar: bigint): Point1 {
  return scalar === 0n ? G1.Point.ZERO : point.multiply(scalar);
}

function toG1([x, y]: G1Point): Point1 {
  const point = G1.Point.fromAffine({ x, y });
  point.assertValidity();
  return point;
}

function toG2([[x0, x1], [y0, y1]]: G2Point): Point2 {
  const point = G2.Point.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } });
  point.assertValidity();
  return point;
}
