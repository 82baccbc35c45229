import { bn254 } from "@noble/curves/bn254.js";
import { encodeAbiParameters, type Hex, keccak256, parseAbiParameters, toHex } from "viem";
import {
  encodeVerificationKey,
  type G1Point,
  type G2Point,
  type VerificationKey,
} from "../../builder/proving/keys/verification-key.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { FIELD_MODULUS, type FieldElement, fieldElement } from "../../builder/protocol/ids.ts";

/**
 * Keys whose secrets are known. Who knows them can make a valid proof of anything, by Groth16's own
 * simulator: choose A and B at will and solve the equation for C. So the verifier is tested with true
 * equations under as many keys as wanted, without circuits; proofs of real circuits come on top.
 */
export interface ToxicKey {
  readonly encoded: Hex;
  readonly hash: Hex;
  readonly key: VerificationKey;
  readonly secrets: Secrets;
}

export interface Secrets {
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly gamma: bigint;
  readonly delta: bigint;
}

/** A scalar that is fixed by its name. */
export function scalar(name: string): bigint {
  return BigInt(keccak256(toHex(name))) % FIELD_MODULUS;
}

export function g1(factor: bigint): G1Point {
  const { x, y } = bn254.G1.Point.BASE.multiply(factor).toAffine();
  return [x, y];
}

/** Real parts first, as in {@link VerificationKey}. */
export function g2(factor: bigint): G2Point {
  const { x, y } = bn254.G2.Point.BASE.multiply(factor).toAffine();
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ];
}

export function toxicKey(name: string): ToxicKey {
  const at = (part: string) => scalar(`${name} ${part}`);
  const secrets = {
    alpha: at("alpha"),
    beta: at("beta"),
    gamma: at("gamma"),
    delta: at("delta"),
  };
  const key: VerificationKey = {
    alpha: g1(secrets.alpha),
    beta: g2(secrets.beta),
    gamma: g2(secrets.gamma),
    delta: g2(secrets.delta),
    ic: [0, 1, 2, 3].map((index) => g1(at(`ic ${String(index)}`))),
  };
  const encoded = encodeVerificationKey(key);
  return { encoded, hash: keccak256(encoded), key, secrets };
}

/** A point of the twist outside of G2, the subgroup of prime order. */
export function strayG2(): G2Point {
  const { Fp2 } = bn254.fields;
  const b = Fp2.div({ c0: 3n, c1: 0n }, { c0: 9n, c1: 1n });
  for (let real = 1n; ; real++) {
    const x = { c0: real, c1: 0n };
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), b);
    try {
      const y = Fp2.sqrt(square);
      if (!bn254.G2.Point.fromAffine({ x, y }).isTorsionFree())
        return [
          [x.c0, x.c1],
          [y.c0, y.c1],
        ];
    } catch {
      // Not a square: no point has this x.
    }
  }
}

/** A proof, coordinates as numbers. */
export interface ProofParts {
  commitment: bigint;
  a: G1Point;
  b: G2Point;
  c: G1Point;
}

/** A proof of these words under the key, different for each name. */
export function forge(
  { key, secrets }: Pick<ToxicKey, "key" | "secrets">,
  words: readonly FieldElement[],
  name: string,
): ProofParts {
  const Fr = bn254.fields.Fr;
  const commitment = fieldElement(scalar(`${name} commitment`));
  const inputs = publicInputsOf(words, commitment);
  const [a, b] = [scalar(`${name} a`), scalar(`${name} b`)];
  const { alpha, beta, gamma, delta } = secrets;
  const factors = [1n, inputs.commitment, inputs.challenge, inputs.evaluation];
  const sum = key.ic.reduce((total, [x, y], at) => {
    const factor = Fr.mul(factors[at] ?? 0n, gamma);
    return factor === 0n ? total : total.add(bn254.G1.Point.fromAffine({ x, y }).multiply(factor));
  }, bn254.G1.Point.ZERO);
  const rest = bn254.G1.Point.BASE.multiply(Fr.sub(Fr.mul(a, b), Fr.mul(alpha, beta))).subtract(sum);
  const { x, y } = rest.multiply(Fr.inv(delta)).toAffine();
  return { commitment, a: g1(a), b: g2(b), c: [x, y] };
}

/** Proof bytes of docs/spec.md section 3. */
export function encodeProof({ commitment, a, b, c }: ProofParts): Hex {
  const [[x0, x1], [y0, y1]] = b;
  return encodeAbiParameters(parseAbiParameters("uint256, uint256[2], uint256[2][2], uint256[2]"), [
    commitment,
    a,
    [
      [x1, x0],
      [y1, y0],
    ],
    c,
  ]);
}
