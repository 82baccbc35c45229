import {
  type Address,
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  parseAbiParameters,
  toHex,
} from "viem";
import { FIELD_MODULUS } from "../../protocol/ids.ts";
import type { G1Point } from "../keys/verification-key.ts";

/** What is hashed before a bus' challenges are drawn (docs/proving-evm.md, section 3). */
export interface BusOpening {
  /** EIP-155 id of the chain that verifies. */
  readonly evmChainId: bigint;
  /** `BusProofSystem`. */
  readonly proofSystem: Address;
  /** Name of the set of keys. */
  readonly set: Hex;
  /** The statement's words, each below the field's modulus. */
  readonly words: readonly bigint[];
  /** The key and the commitment D of each proof, in the order of the proofs. */
  readonly commitments: readonly { readonly key: number; readonly d: G1Point }[];
}

/** β and γ of a bus: field elements. */
export interface BusChallenges {
  readonly beta: bigint;
  readonly gamma: bigint;
}

const DOMAIN = keccak256(toHex("lockstep.bus.v1"));
const HEADER = parseAbiParameters(
  "bytes32 domain, uint256 chainId, address system, bytes32 set, bytes32 words, uint256 count",
);

/** The challenges of a statement's bus, drawn when all its proofs have committed to their traces. */
export function drawChallenges(opening: BusOpening): BusChallenges {
  const seed = seedOf(opening);
  const draw = (index: number): bigint =>
    BigInt(keccak256(concatHex([seed, numberToHex(index, { size: 1 })]))) % FIELD_MODULUS;
  return { beta: draw(0), gamma: draw(1) };
}

/** The hash from which a statement's challenges are drawn: `Transcript.seedOf` in Solidity. */
export function seedOf(opening: BusOpening): Hex {
  const { evmChainId, proofSystem, set, words, commitments } = opening;
  const count = BigInt(commitments.length);
  let seed = keccak256(
    encodeAbiParameters(HEADER, [
      DOMAIN,
      evmChainId,
      proofSystem,
      set,
      keccak256(concatHex(words.map(word))),
      count,
    ]),
  );
  for (const { key, d } of commitments)
    seed = keccak256(concatHex([seed, word(BigInt(key)), ...d.map(word)]));
  return seed;
}

/**
 * The coefficients with which L1 adds up the equations of all proofs of one call. They are known only when
 * everything is, each proof's part of the bus above all: `Transcript.coefficientOf` in Solidity.
 * @param statements each with its seed and the bytes of its proofs.
 * @param count of proofs in all statements.
 */
export function coefficientsOf(
  statements: readonly { readonly seed: Hex; readonly proofs: Hex }[],
  count: number,
): bigint[] {
  const all = statements.reduce<Hex>(
    (before, { seed, proofs }) => keccak256(concatHex([before, seed, keccak256(proofs)])),
    word(0n),
  );
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? 1n : BigInt.asUintN(128, BigInt(keccak256(concatHex([all, word(BigInt(index))])))) | 1n,
  );
}

function word(value: bigint): Hex {
  return numberToHex(value, { size: 32 });
}
