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
import {
  type BusCode,
  type BusProof,
  type BusProofs,
  codeWords,
  encodeWithoutQuestions,
  words as encodeWords,
} from "./proofs.ts";
import { encodeQuestions, NO_QUESTIONS, type Questions } from "./questions.ts";

/** What is hashed before a bus' challenges are drawn (docs/proving-evm.md, section 3). */
export interface BusOpening {
  /** EIP-155 id of the chain that verifies. */
  readonly evmChainId: bigint;
  /** `BusProofSystem`. */
  readonly proofSystem: Address;
  /** Name of the set of keys. */
  readonly set: Hex;
  /** The statement's words, with data in words of 32 bytes. */
  readonly words: readonly bigint[];
  /** What L1 is asked; nothing by default. */
  readonly questions?: Questions;
  /** The key and the commitment D of each proof, in the order of the proofs. */
  readonly commitments: readonly { readonly key: number; readonly d: G1Point }[];
  /** In ascending slots. */
  readonly codes: readonly BusCode[];
}

/** β and γ of a bus: field elements. */
export interface BusChallenges {
  readonly beta: bigint;
  readonly gamma: bigint;
}

const DOMAIN = keccak256(toHex("lockstep.bus.v1"));
const HEADER = parseAbiParameters(
  "bytes32 domain, uint256 chainId, address system, bytes32 set, bytes32 words, bytes32 questions, uint256 proofs, uint256 codes",
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
  const { evmChainId, proofSystem, set, words, questions = NO_QUESTIONS, commitments, codes } = opening;
  const header = encodeAbiParameters(HEADER, [
    DOMAIN,
    evmChainId,
    proofSystem,
    set,
    keccak256(encodeWords(words)),
    keccak256(encodeQuestions(questions)),
    BigInt(commitments.length),
    BigInt(codes.length),
  ]);
  const committed = commitments.flatMap(({ key, d }) => [BigInt(key), ...d]);
  return keccak256(concatHex([header, encodeWords(committed), encodeWords(codes.flatMap(codeWords))]));
}

/**
 * The coefficients r of the openings of a statement's codes, drawn when all sums and products are known.
 * @param seed as {@link seedOf}.
 */
export function openingCoefficients(
  seed: Hex,
  proofs: readonly Pick<BusProof, "sum" | "products">[],
  count: number,
): bigint[] {
  return coefficients(
    proofs.reduce((hash, { sum, products }) => extend(hash, [sum, ...products]), seed),
    count,
  );
}

/**
 * The coefficients ρ with which L1 adds up the equations of all statements of one call, known only when
 * everything is: `Transcript.coefficientOf` in Solidity.
 * @param statements each with its seed, which its questions are part of.
 * @param count of equations: one for each proof, and one for the codes of a statement.
 */
export function equationCoefficients(
  statements: readonly { readonly seed: Hex; readonly proofs: BusProofs }[],
  count: number,
): bigint[] {
  const all = statements.reduce<Hex>(
    (before, { seed, proofs }) => keccak256(concatHex([before, seed, encodeWithoutQuestions(proofs)])),
    encodeWords([0n]),
  );
  return coefficients(all, count);
}

function coefficients(seed: Hex, count: number): bigint[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? 1n : BigInt.asUintN(128, BigInt(extend(seed, [BigInt(index)]))) | 1n,
  );
}

function extend(seed: Hex, values: readonly bigint[]): Hex {
  return keccak256(concatHex([seed, encodeWords(values)]));
}
