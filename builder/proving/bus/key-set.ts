import { concatHex, type Hex, keccak256 } from "viem";
import type { SplitVerificationKey } from "../keys/split-verification-key.ts";
import { encodeG1, encodeG2 } from "../keys/verification-key.ts";

/**
 * A set of keys as `BusProofSystem` stores it: α (64 bytes), β (128), then for each key δ, η (128 each) and
 * its IC points (64 each); coordinates of 32 bytes, big-endian, imaginary parts first.
 * @throws {RangeError} for keys of different set-ups, or none.
 */
export function encodeKeySet(keys: readonly SplitVerificationKey[]): Hex {
  const [first] = keys;
  if (first === undefined) throw new RangeError("A set has at least one key");
  const header = [encodeG1(first.alpha), encodeG2(first.beta)];
  return concatHex([
    ...header,
    ...keys.flatMap((key) => {
      if (encodeG1(key.alpha) !== header[0] || encodeG2(key.beta) !== header[1])
        throw new RangeError("The keys of a set come from one set-up: α and β are theirs together");
      return [encodeG2(key.delta), encodeG2(key.eta), ...key.ic.map(encodeG1)];
    }),
  ]);
}

/** Name of the set on chain: keccak256 of its encoding. Another order is another set. */
export function hashKeySet(keys: readonly SplitVerificationKey[]): Hex {
  return keccak256(encodeKeySet(keys));
}
