import { type Address, type Hex, hexToNumber, sliceHex } from "viem";
import { assertKeysAllowed } from "../../proving/keys/policy.ts";
import { encodeVerificationKey, hashVerificationKey } from "../../proving/keys/verification-key.ts";
import type { RollupKind } from "../../kinds/kind.ts";
import { assertKindsAllowed } from "../../kinds/policy.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../kinds/unproven.ts";
import { busProofSystemAbi, groth16ProofSystemAbi } from "../../protocol/abi.ts";
import { DEVELOPMENT_TAU } from "../../proving/bus/development-powers.ts";
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
  /** Whether a ceremony's keys can be used in place of development keys. */
  readonly hasCeremonies: boolean;
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

/** Groth16, with the development keys of the kind's circuits. */
export const groth16: ProofScheme = {
  source: "proofs/Groth16ProofSystem.sol",
  hasCeremonies: true,
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

/** Several Groth16 proofs on one bus, with the development keys of the kind's circuits as one set. */
export const bus: ProofScheme = {
  source: "proofs/bus/BusProofSystem.sol",
  constructorArguments: () => [RollupProxies.read().initCode],
  hasCeremonies: false,
  proofsIn: (proof) => hexToNumber(sliceHex(proof, 0, 32)),
  keys: (kind, circuits) => {
    const set = hashKeySet(keySetOf(kind, circuits));
    return Object.fromEntries(kind.circuits.map((name) => [name, set]));
  },
  assertAllowed: (evmChainId, kind, circuits) => {
    assertKeysAllowed(evmChainId, keySetOf(kind, circuits).keys);
  },
  prepare: async (deployer, proofSystem, kind, circuits) => {
    await deployer.call(proofSystem, {
      abi: busProofSystemAbi,
      functionName: "registerKeySet",
      args: [encodeKeySet(keySetOf(kind, circuits))],
    });
  },
};

/** Codes are committed to with the development set-up's powers of tau: there are no other ones yet. */
function keySetOf(kind: RollupKind, circuits: Circuits): KeySet {
  const keys = circuitsOf(kind, circuits).map(([name, { verificationKey }]) => {
    if ("eta" in verificationKey) return verificationKey;
    throw new RangeError(`the key of ${name} has no committed wires`);
  });
  return { keys, tau: DEVELOPMENT_TAU };
}

/** NOTHING IS PROVEN: what stands in while a kind has no circuit. Local chains only. */
export const unproven: ProofScheme = {
  source: "proofs/UnprovenProofSystem.sol",
  hasCeremonies: false,
  proofsIn: () => 0,
  keys: () => ({ [UNPROVEN]: UNPROVEN_KEY }),
  assertAllowed: (evmChainId, kind) => {
    assertKindsAllowed(evmChainId, [kind]);
  },
  prepare: async () => undefined,
};

function circuitsOf(kind: RollupKind, circuits: Circuits): [string, Circuit][] {
  return kind.circuits.map((name) => {
    const circuit = circuits.get(name);
    if (circuit === undefined) throw new RangeError(`circuit ${name} was not prepared`);
    return [name, circuit];
  });
}
