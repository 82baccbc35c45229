import { bn254 } from "@noble/curves/bn254.js";
import { concatHex, type Hex, keccak256, numberToHex } from "viem";
import { KeyCorruptError } from "./errors.ts";
import { DEVELOPMENT_SECRETS } from "./secrets.ts";

export type G1Point = readonly [x: bigint, y: bigint];
/** Coordinates with the real part first, as in snarkjs' files; EIP-197 and {@link encodeVerificationKey} have the imaginary part first. */
export type G2Point = readonly [x: readonly [bigint, bigint], y: readonly [bigint, bigint]];

/** A Groth16 verification key over BN254. */
export interface VerificationKey {
  readonly alpha: G1Point;
  readonly beta: G2Point;
  readonly gamma: G2Point;
  readonly delta: G2Point;
  /** One point for the constant 1 and one for each public input. */
  readonly ic: readonly G1Point[];
}

/** snarkjs' `verification_key.json`, without the pairing of α and β that snarkjs does not read back. */
export interface SnarkjsVerificationKey {
  readonly protocol: "groth16";
  readonly curve: "bn128";
  readonly nPublic: number;
  readonly vk_alpha_1: readonly string[];
  readonly vk_beta_2: readonly (readonly string[])[];
  readonly vk_gamma_2: readonly (readonly string[])[];
  readonly vk_delta_2: readonly (readonly string[])[];
  readonly IC: readonly (readonly string[])[];
}

export function toSnarkjs(key: VerificationKey): SnarkjsVerificationKey {
  return {
    protocol: "groth16",
    curve: "bn128",
    nPublic: key.ic.length - 1,
    vk_alpha_1: projective1(key.alpha),
    vk_beta_2: projective2(key.beta),
    vk_gamma_2: projective2(key.gamma),
    vk_delta_2: projective2(key.delta),
    IC: key.ic.map(projective1),
  };
}

/** @throws `KEY_CORRUPT` when a point is not on its curve, outside of G2's subgroup, or at infinity. */
export function fromSnarkjs(key: SnarkjsVerificationKey): VerificationKey {
  const parsed = {
    alpha: affine1(key.vk_alpha_1),
    beta: affine2(key.vk_beta_2),
    gamma: affine2(key.vk_gamma_2),
    delta: affine2(key.vk_delta_2),
    ic: key.IC.map(affine1),
  };
  assertPoints(parsed);
  return parsed;
}

/**
 * The key as the contracts store it: α (64 bytes), β, γ, δ (128 each), then the IC points (64 each); coordinates of 32
 * bytes, big-endian, imaginary parts first. 704 bytes for three public inputs.
 */
export function encodeVerificationKey(key: VerificationKey): Hex {
  const encode1 = (point: G1Point): Hex[] => point.map(word);
  const encode2 = (point: G2Point): Hex[] =>
    point.flatMap(([real, imaginary]) => [word(imaginary), word(real)]);
  return concatHex([
    ...encode1(key.alpha),
    ...[key.beta, key.gamma, key.delta].flatMap(encode2),
    ...key.ic.flatMap(encode1),
  ]);
}

/** Name of the key on chain: keccak256 of its encoding. */
export function hashVerificationKey(key: VerificationKey): Hex {
  return keccak256(encodeVerificationKey(key));
}

/** α of every development key: a key that has it can be forged, whatever else it says. */
export const DEVELOPMENT_ALPHA: G1Point = (() => {
  const { x, y } = bn254.G1.Point.BASE.multiply(DEVELOPMENT_SECRETS.alpha).toAffine();
  return [x, y];
})();

/** True for keys whose secrets are public: α or β is the development set-up's. */
export function isDevelopmentKey(key: VerificationKey): boolean {
  return equal1(key.alpha, DEVELOPMENT_ALPHA) || equal2(key.beta, DEVELOPMENT_BETA);
}

/** β of every development key. */
export const DEVELOPMENT_BETA: G2Point = (() => {
  const { x, y } = bn254.G2.Point.BASE.multiply(DEVELOPMENT_SECRETS.beta).toAffine();
  return [
    [x.c0, x.c1],
    [y.c0, y.c1],
  ];
})();

/** @throws `KEY_CORRUPT` when a point is not on its curve, outside of G2's subgroup, or at infinity. */
export function assertPoints(key: VerificationKey): void {
  try {
    const points = [
      ...[key.alpha, ...key.ic].map(([x, y]) => bn254.G1.Point.fromAffine({ x, y })),
      ...[key.beta, key.gamma, key.delta].map(([[x0, x1], [y0, y1]]) =>
        bn254.G2.Point.fromAffine({ x: { c0: x0, c1: x1 }, y: { c0: y0, c1: y1 } }),
      ),
    ];
    for (const point of points) {
      point.assertValidity();
      // A valid point to noble-curves, but a key that has it proves everything or nothing.
      if (point.is0()) throw new RangeError("point at infinity");
    }
  } catch (cause) {
    throw new KeyCorruptError("The verification key has a point that is not on its curve", { cause });
  }
}

function equal1([x, y]: G1Point, other: G1Point): boolean {
  return x === other[0] && y === other[1];
}

function equal2(a: G2Point, b: G2Point): boolean {
  return a.flat().every((coordinate, index) => coordinate === b.flat()[index]);
}

function word(value: bigint): Hex {
  return numberToHex(value, { size: 32 });
}

function projective1([x, y]: G1Point): string[] {
  return [x.toString(), y.toString(), "1"];
}

function projective2([[x0, x1], [y0, y1]]: G2Point): string[][] {
  return [
    [x0.toString(), x1.toString()],
    [y0.toString(), y1.toString()],
    ["1", "0"],
  ];
}

function affine1([x, y]: readonly string[]): G1Point {
  return [integer(x), integer(y)];
}

function affine2([x, y]: readonly (readonly string[])[]): G2Point {
  return [
    [integer(x?.[0]), integer(x?.[1])],
    [integer(y?.[0]), integer(y?.[1])],
  ];
}

function integer(text: string | undefined): bigint {
  if (text === undefined || !/^\d+$/.test(text))
    throw new KeyCorruptError("The verification key is malformed");
  return BigInt(text);
}
