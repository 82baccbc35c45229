import { bn254 } from "@noble/curves/bn254.js";
import { concatHex, type Hex, keccak256 } from "viem";
import { z } from "zod";
import type { CommitmentKey } from "./commitment-key.ts";
import { KeyCorruptError } from "./errors.ts";
import { readG2 } from "./points.ts";
import {
  affine2,
  assertPoints,
  encodeG2,
  encodeVerificationKey,
  fromSnarkjs,
  type G2Point,
  point2,
  projective2,
  toSnarkjs,
  type VerificationKey,
} from "./verification-key.ts";

/**
 * Verification key of a circuit with committed wires: a proof (A, B, C, D) holds under it when e(A, B) =
 * e(α, β)·e(IC(inputs), γ)·e(D, η)·e(C, δ) (docs/proving-evm.md, section 2).
 */
export interface SplitVerificationKey extends VerificationKey {
  readonly eta: G2Point;
}

/** The encoding of the key without η, and η. On chain keys are registered in sets, which have one α and β. */
export function encodeSplitVerificationKey(key: SplitVerificationKey): Hex {
  return concatHex([encodeVerificationKey(key), encodeG2(key.eta)]);
}

/** Name of the key: keccak256 of its encoding. */
export function hashSplitVerificationKey(key: SplitVerificationKey): Hex {
  return keccak256(encodeSplitVerificationKey(key));
}

/** No reader of snarkjs' format takes it for a key whose proofs need no commitment. */
const PROTOCOL = "groth16-committed";

const splitKeyFile = z.looseObject({ protocol: z.literal(PROTOCOL), vk_eta_2: point2 });

/** The key of both files of a split. */
export function splitVerificationKey(
  verificationKey: VerificationKey,
  { eta }: Pick<CommitmentKey, "eta">,
): SplitVerificationKey {
  return { ...verificationKey, eta: readG2(eta, 0) };
}

/**
 * Content of the `verification_key.json` of a circuit with committed wires.
 * @param powersOfTau where the powers of tau come from, where that is to be recorded.
 */
export function formatSplitVerificationKey(key: SplitVerificationKey, powersOfTau?: string): string {
  const origin = powersOfTau === undefined ? {} : { powersOfTau };
  const file = { ...toSnarkjs(key), protocol: PROTOCOL, vk_eta_2: projective2(key.eta), ...origin };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/**
 * @param json content of a `verification_key.json`, parsed.
 * @throws `KEY_CORRUPT` as for {@link fromSnarkjs}, and when δ and η are one: D could then hold what belongs
 * into C.
 */
export function readSplitVerificationKey(json: unknown): SplitVerificationKey {
  const { data, error } = splitKeyFile.safeParse(json);
  if (data === undefined) throw new KeyCorruptError("The verification key is malformed", { cause: error });
  const key = { ...fromSnarkjs({ ...data, protocol: "groth16" }), eta: affine2(data.vk_eta_2) };
  assertPoints({ ...key, delta: key.eta });
  if (key.eta.flat().every((coordinate, index) => coordinate === key.delta.flat()[index]))
    throw new KeyCorruptError("The verification key has one point for δ and η");
  if (!isGenerator(key.gamma)) throw new KeyCorruptError("The verification key has another γ than 1");
  return key;
}

function isGenerator([x, y]: G2Point): boolean {
  const generator = bn254.G2.Point.BASE.toAffine();
  return (
    x[0] === generator.x.c0 && x[1] === generator.x.c1 && y[0] === generator.y.c0 && y[1] === generator.y.c1
  );
}
