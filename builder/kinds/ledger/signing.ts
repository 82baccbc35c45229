import { edwards } from "@noble/curves/abstract/edwards.js";
import type { Eddsa, Point } from "circomlibjs";
import { FIELD_MODULUS, type FieldElement, fieldElement, OutOfRangeError } from "../../protocol/ids.ts";
import { loadPoseidon, type Poseidon } from "../../state/poseidon.ts";

/** A point of Baby Jubjub, affine. Not checked to be on the curve. */
export interface CurvePoint {
  readonly x: FieldElement;
  readonly y: FieldElement;
}

/** An EdDSA-Poseidon signature as circomlib makes it. */
export interface Signature {
  readonly r8: CurvePoint;
  readonly s: FieldElement;
}

/** Length of a private key in bytes. Any bytes are a key: circomlib hashes them. */
export const PRIVATE_KEY_BYTES = 32;

/** EdDSA with Poseidon over Baby Jubjub, as circomlib defines it. */
export interface Signing {
  publicKeyOf(privateKey: Uint8Array): CurvePoint;
  sign(privateKey: Uint8Array, message: FieldElement): Signature;
  /**
   * True when both points are on the curve, the key is not of low order (such a key would sign anything), `s`
   * is below the subgroup's order (so a signature cannot be varied) and provable, and the equation holds.
   */
  verify(message: FieldElement, signature: Signature, publicKey: CurvePoint): boolean;
}

/** Order of the base point. */
const ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041n;
/** Baby Jubjub (EIP-2494), with the base point of circomlib's signatures. */
const Curve = edwards({
  p: FIELD_MODULUS,
  n: ORDER,
  h: 8n,
  a: 168_700n,
  d: 168_696n,
  Gx: 5299619240641551281634865583518297030282874472190772894086521144482721001553n,
  Gy: 16950150798460657717958625567821834550301663161624707787222815936182638968203n,
});
/**
 * Low 249 bits of the three numbers below the order for which the circuit's multiplication meets opposite
 * points: no proof exists.
 */
const UNPROVABLE_LOW_BITS = ORDER - 2n * 8n ** 83n - (8n ** 83n - 1n) / 7n;

let loaded: Promise<Signing> | undefined;

/** False for the three values of `s` that `circuits/unconstrained.json` names (MontgomeryAdd). */
export function isProvable(s: bigint): boolean {
  return s % 2n ** 249n !== UNPROVABLE_LOW_BITS;
}

/** Loads the curve once per process. */
export function loadSigning(): Promise<Signing> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Signing> {
  const { buildEddsa } = await import("circomlibjs");
  const [eddsa, poseidon] = await Promise.all([buildEddsa(), loadPoseidon()]);
  return signingWith(eddsa, poseidon);
}

/** The L2 address of a public key: the low 160 bits of Poseidon(x, y). */
export function addressOf(poseidon: Poseidon, publicKey: CurvePoint): bigint {
  return poseidon([publicKey.x, publicKey.y]) & ((1n << 160n) - 1n);
}

function signingWith(eddsa: Eddsa, poseidon: Poseidon): Signing {
  const { F, babyJub } = eddsa;
  const fromPoint = ([x, y]: Point): CurvePoint => ({
    x: fieldElement(F.toObject(x)),
    y: fieldElement(F.toObject(y)),
  });
  const toPoint = (point: CurvePoint): Point => [F.e(point.x), F.e(point.y)];
  const checked = (privateKey: Uint8Array): Uint8Array => {
    if (privateKey.length !== PRIVATE_KEY_BYTES)
      throw new OutOfRangeError("private key length", BigInt(privateKey.length), "32 bytes exactly");
    return privateKey;
  };
  return {
    publicKeyOf: (privateKey) => fromPoint(eddsa.prv2pub(checked(privateKey))),
    sign: (privateKey, message) => {
      const { R8, S } = eddsa.signPoseidon(checked(privateKey), F.e(message));
      return { r8: fromPoint(R8), s: fieldElement(S) };
    },
    verify: (message, { r8, s }, publicKey) => {
      if (s >= ORDER || !isProvable(s)) return false;
      if (!babyJub.inCurve(toPoint(publicKey)) || !babyJub.inCurve(toPoint(r8))) return false;
      // circomlib itself adds affine points, with an inverse for each, and takes ten times as long.
      const key = Curve.fromAffine(publicKey).clearCofactor();
      if (key.is0()) return false;
      const challenge = poseidon([r8.x, r8.y, publicKey.x, publicKey.y, message]);
      const right = Curve.fromAffine(r8).add(key.multiplyUnsafe(challenge % ORDER));
      return Curve.BASE.multiplyUnsafe(s).equals(right);
    },
  };
}
