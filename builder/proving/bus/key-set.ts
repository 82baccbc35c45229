import { concatHex, type Hex, keccak256, numberToHex } from "viem";
import type { SplitVerificationKey } from "../keys/split-verification-key.ts";
import { encodeG1, encodeG2, type G2Point } from "../keys/verification-key.ts";

/** The keys of a rollup's circuits, all with as many slots for codes, and [τ]₂ of their powers of tau. */
export interface KeySet {
  readonly keys: readonly SplitVerificationKey[];
  readonly tau: G2Point;
}

/** 1, the sum, β and γ: points of IC that are no slot's. */
const OTHER_POINTS = 4;

/**
 * A set of keys as `BusProofSystem` stores it: α (64 bytes), β, τ (128 each), the number of slots (32), then
 * for each key δ, η (128 each) and its IC points (64 each); coordinates of 32 bytes, big-endian, imaginary
 * parts first.
 * @throws {RangeError} for keys of different set-ups or with different numbers of slots, or none; and when
 * any two of all δ and η are one: what one circuit commits to could then be another's.
 */
export function encodeKeySet({ keys, tau }: KeySet): Hex {
  const [first] = keys;
  if (first === undefined) throw new RangeError("A set has at least one key");
  const secrets = keys.flatMap(({ delta, eta }) => [encodeG2(delta), encodeG2(eta)]);
  if (new Set(secrets).size !== secrets.length) throw new RangeError("Keys have δ and η of their own");
  const header = [encodeG1(first.alpha), encodeG2(first.beta)];
  const points = first.ic.length;
  return concatHex([
    ...header,
    encodeG2(tau),
    numberToHex(points - OTHER_POINTS, { size: 32 }),
    ...keys.flatMap((key) => {
      if (key.ic.length !== points) throw new RangeError("The keys of a set have as many slots");
      if (encodeG1(key.alpha) !== header[0] || encodeG2(key.beta) !== header[1])
        throw new RangeError("The keys of a set come from one set-up: α and β are theirs together");
      return [encodeG2(key.delta), encodeG2(key.eta), ...key.ic.map(encodeG1)];
    }),
  ]);
}

/** Name of the set on chain: keccak256 of its encoding. Another order is another set. */
export function hashKeySet(set: KeySet): Hex {
  return keccak256(encodeKeySet(set));
}
