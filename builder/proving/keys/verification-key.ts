import { bn254 } from "@noble/curves/bn254.js";
import { concatHex, type Hex, keccak256, numberToHex } from "viem";
import { z } from "zod";
import { KeyCorruptError } from "./errors.ts";

export type G1Point = readonly [x: bigint, y: bigint];
/**
 * Coordinates with the real part first, as in snarkjs' files; EIP-197 and {@link encodeVerificationKey} have
 * the imaginary part first.
 */
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

const coordinate = z.string().regex(/^\d+$/);
const point1 = z.tuple([coordinate, coordinate, coordinate]);
/** A point of G2 as snarkjs writes it. */
export const point2 = z.tuple([
  z.tuple([coordinate, coordinate]),
  z.tuple([coordinate, coordinate]),
  z.tuple([coordinate, coordinate]),
]);
const snarkjsVerificationKey = z.object({
  protocol: z.literal("groth16"),
  curve: z.literal("bn128"),
  nPublic: z.int().nonnegative(),
  vk_alpha_1: point1,
  vk_beta_2: point2,
  vk_gamma_2: point2,
  vk_delta_2: point2,
  IC: z.array(point1),
});

/** snarkjs' `verification_key.json`, without the pairing of α and β that snarkjs does not read back. */
export type SnarkjsVerificationKey = z.infer<typeof snarkjsVerificationKey>;

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

/**
 * Content of a `verification_key.json`.
 * @param powersOfTau where they come from; readers of the format pass it over.
 */
export function formatVerificationKey(key: VerificationKey, powersOfTau?: string): string {
  const origin = powersOfTau === undefined ? {} : { powersOfTau };
  return `${JSON.stringify({ ...toSnarkjs(key), ...origin }, undefined, 2)}\n`;
}

/**
 * @param json content of a `verification_key.json`, parsed.
 * @throws `KEY_CORRUPT` when it is malformed or a point is not on its curve, outside of G2's subgroup, or at
 * infinity.
 */
export function fromSnarkjs(json: unknown): VerificationKey {
  const { data, error } = snarkjsVerificationKey.safeParse(json);
  if (data === undefined) throw new KeyCorruptError("The verification key is malformed", { cause: error });
  const key = {
    alpha: affine1(data.vk_alpha_1),
    beta: affine2(data.vk_beta_2),
    gamma: affine2(data.vk_gamma_2),
    delta: affine2(data.vk_delta_2),
    ic: data.IC.map(affine1),
  };
  assertPoints(key);
  return key;
}

/**
 * The key as the contracts store it: α (64 bytes), β, γ, δ (128 each), then the IC points (64 each);
 * coordinates of 32 bytes, big-endian, imaginary parts first. 704 bytes for three public inputs.
 */
export function encodeVerificationKey(key: VerificationKey): Hex {
  return concatHex([
    encodeG1(key.alpha),
    ...[key.beta, key.gamma, key.delta].map(encodeG2),
    ...key.ic.map(encodeG1),
  ]);
}

/** 64 bytes, big-endian. */
export function encodeG1(point: G1Point): Hex {
  return concatHex(point.map(word));
}

/** 128 bytes, big-endian, imaginary parts first (EIP-197). */
export function encodeG2(point: G2Point): Hex {
  return concatHex(point.flatMap(([real, imaginary]) => [word(imaginary), word(real)]));
}

/** Name of the key on chain: keccak256 of its encoding. */
export function hashVerificationKey(key: VerificationKey): Hex {
  return keccak256(encodeVerificationKey(key));
}

/**
 * α of every development key: a key that has it can be forged, whatever else it says. It and {@link
 * DEVELOPMENT_BETA} are multiples of the generators, written down since every command would compute them.
 */
export const DEVELOPMENT_ALPHA: G1Point = [
  12004914531674376264791648537517982787872486191006496904625310409815902879204n,
  4158228514196676525975977850574539038268635907587042851149096694720602531194n,
];

/** True for keys, and for powers of tau, whose secrets are public: α or β is the development set-up's. */
export function isDevelopmentKey({ alpha, beta }: Pick<VerificationKey, "alpha" | "beta">): boolean {
  return equal1(alpha, DEVELOPMENT_ALPHA) || equal2(beta, DEVELOPMENT_BETA);
}

/** β of every development key. */
export const DEVELOPMENT_BETA: G2Point = [
  [
    20033304083994180730261420564951312545521033113876841164503890952046653554276n,
    20075260736037358457467508365706402254697521444099050976318783751123295177087n,
  ],
  [
    13284527725402132989402694862198385466667398290535384237980053852944444565337n,
    12492097357474174258819917424420917573562158275704028489051523756309257008645n,
  ],
];

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

function projective1([x, y]: G1Point): z.infer<typeof point1> {
  return [x.toString(), y.toString(), "1"];
}

export function projective2([[x0, x1], [y0, y1]]: G2Point): z.infer<typeof point2> {
  return [
    [x0.toString(), x1.toString()],
    [y0.toString(), y1.toString()],
    ["1", "0"],
  ];
}

function affine1([x, y]: z.infer<typeof point1>): G1Point {
  return [BigInt(x), BigInt(y)];
}

export function affine2([[x0, x1], [y0, y1]]: z.infer<typeof point2>): G2Point {
  return [
    [BigInt(x0), BigInt(x1)],
    [BigInt(y0), BigInt(y1)],
  ];
}
