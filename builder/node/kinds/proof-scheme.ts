import path from "node:path";
import { type Address, type Hex, hexToNumber, sliceHex } from "viem";
import { hashTau } from "../../proving/bus/code-commitments.ts";
import { MissingCeremonyKeyError } from "../../proving/circuits/errors.ts";
import { CEREMONY_CODE_POWERS } from "../../proving/keys/ceremony/code-powers-file.ts";
import { DevelopmentKeyError } from "../../proving/keys/errors.ts";
import { assertKeysAllowed, LOCAL_EVM_CHAIN_IDS } from "../../proving/keys/policy.ts";
import {
  encodeVerificationKey,
  type G2Point,
  hashVerificationKey,
  isDevelopmentKey,
} from "../../proving/keys/verification-key.ts";
import type { RollupKind } from "../../kinds/kind.ts";
import { assertKindsAllowed } from "../../kinds/policy.ts";
import { TEST_KEY, UNPROVEN, UNPROVEN_KEY } from "../../kinds/unproven.ts";
import { busProofSystemAbi, groth16ProofSystemAbi } from "../../protocol/abi.ts";
import { DEVELOPMENT_TAU } from "../../proving/bus/development-tau.ts";
import { RollupProxies } from "../../proving/bus/proxies.ts";
import { encodeKeySet, hashKeySet, type KeySet } from "../../proving/bus/key-set.ts";
import type { Circuit, Circuits } from "../circuits.ts";
import type { Deployer } from "../deployment/deployer.ts";

/** How L1 checks what rollups of a kind claim, and what that needs there. */
export interface ProofScheme {
  /** Source of the proof system's contract, below `contracts/`. */
  readonly source: string;
  /** What its constructor is given; by default nothing. */
  readonly constructorArguments?: () => readonly unknown[];
  /** What a registration names: verification keys by circuit. */
  keys(kind: RollupKind, circuits: Circuits): Readonly<Record<string, Hex>>;
  /** Groth16 proofs in what L1 takes for a proof of one statement. */
  proofsIn(proof: Hex): number;
  /** @throws when the kind's proofs are worth nothing and the chain is not a local one. */
  assertAllowed(evmChainId: bigint, kind: RollupKind, circuits: Circuits): void;
  /**
   * Makes a proof system that has just been deployed ready for the kind.
   * @throws `DEPLOYMENT`.
   */
  prepare(deployer: Deployer, proofSystem: Address, kind: RollupKind, circuits: Circuits): Promise<void>;
}

/** Groth16, with the keys of the kind's circuits. */
export const groth16: ProofScheme = {
  source: "proofs/Groth16ProofSystem.sol",
  proofsIn: () => 1,
  keys: (kind, circuits) =>
    Object.fromEntries(
      circuitsOf(kind, circuits).map(([name, { verificationKey }]) => [
        name,
        hashVerificationKey(verificationKey),
      ]),
    ),
  assertAllowed: (evmChainId, kind, circuits) => {
    assertKeysAllowed(
      evmChainId,
      circuitsOf(kind, circuits).map(([, { verificationKey }]) => verificationKey),
    );
  },
  prepare: async (deployer, proofSystem, kind, circuits) => {
    for (const [, { verificationKey }] of circuitsOf(kind, circuits))
      await deployer.call(proofSystem, {
        abi: groth16ProofSystemAbi,
        functionName: "registerKey",
        args: [encodeVerificationKey(verificationKey)],
      });
  },
};

/** Several Groth16 proofs on one bus, with the keys of the kind's circuits as one set. */
export const bus: ProofScheme = {
  source: "proofs/bus/BusProofSystem.sol",
  constructorArguments: () => [RollupProxies.read().initCode],
  proofsIn: (proof) => hexToNumber(sliceHex(proof, 0, 32)),
  keys: (kind, circuits) => {
    const set = hashKeySet(keySetOf(kind, circuits));
    return Object.fromEntries(kind.circuits.map((name) => [name, set]));
  },
  assertAllowed: (evmChainId, kind, circuits) => {
    const set = keySetOf(kind, circuits);
    assertKeysAllowed(evmChainId, set.keys);
    // Codes of which any account can open anything are as bad as keys.
    if (hashTau(set.tau) === hashTau(DEVELOPMENT_TAU) && !LOCAL_EVM_CHAIN_IDS.includes(evmChainId))
      throw new DevelopmentKeyError(evmChainId, `Set of keys ${hashKeySet(set)} is`);
  },
  prepare: async (deployer, proofSystem, kind, circuits) => {
    await deployer.call(proofSystem, {
      abi: busProofSystemAbi,
      functionName: "registerKeySet",
      args: [encodeKeySet(keySetOf(kind, circuits))],
    });
  },
};

/**
 * Codes are committed to with the powers of tau that the keys were made from.
 * @throws `CEREMONY_KEY_MISSING` for keys of a ceremony that were exported without them.
 */
function keySetOf(kind: RollupKind, circuits: Circuits): KeySet {
  const keys = circuitsOf(kind, circuits).map(([name, { verificationKey }]) => {
    if ("eta" in verificationKey) return verificationKey;
    throw new RangeError(`the key of ${name} has no committed wires`);
  });
  return { keys, tau: tauOf(circuitsOf(kind, circuits)) };
}

function tauOf(circuits: readonly [string, Circuit][]): G2Point {
  const [first, ...others] = circuits.map(([name, { artefacts, tau, verificationKey }]) => {
    if (tau !== undefined) return tau;
    if (isDevelopmentKey(verificationKey)) return DEVELOPMENT_TAU;
    throw new MissingCeremonyKeyError(name, path.join(path.dirname(artefacts.zkey), CEREMONY_CODE_POWERS));
  });
  if (first === undefined) throw new RangeError("the kind has no circuits");
  if (others.some((tau) => hashTau(tau) !== hashTau(first)))
    throw new RangeError("the keys of a set come from one set-up: they have one τ");
  return first;
}

/**
 * File of the powers of tau that proofs of these circuits commit to codes with, if they are a ceremony's.
 * @throws `CEREMONY_KEY_MISSING`.
 */
export function codePowersOf(names: readonly string[], circuits: Circuits): string | undefined {
  const all = circuitsOf({ circuits: names }, circuits);
  tauOf(all);
  return all.map(([, { artefacts }]) => artefacts.commitment?.codePowers).find((file) => file !== undefined);
}

/** NOTHING IS PROVEN: what stands in while a kind has no circuit. Local chains only. */
export const unproven: ProofScheme = {
  source: "proofs/UnprovenProofSystem.sol",
  proofsIn: () => 0,
  keys: () => ({ [UNPROVEN]: UNPROVEN_KEY }),
  assertAllowed: (evmChainId, kind) => {
    assertKindsAllowed(evmChainId, [kind]);
  },
  prepare: async () => undefined,
};

/** NOTHING IS PROVEN: for tests, of rollups of any kind. Local chains only. */
export const testOnly: ProofScheme = { ...unproven, keys: () => ({ [UNPROVEN]: TEST_KEY }) };

function circuitsOf(kind: Pick<RollupKind, "circuits">, circuits: Circuits): [string, Circuit][] {
  return kind.circuits.map((name) => {
    const circuit = circuits.get(name);
    if (circuit === undefined) throw new RangeError(`circuit ${name} was not prepared`);
    return [name, circuit];
  });
}
