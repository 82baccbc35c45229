import type { Address, Hex } from "viem";
import { assertKeysAllowed } from "../../proving/keys/policy.ts";
import { encodeVerificationKey, hashVerificationKey } from "../../proving/keys/verification-key.ts";
import type { RollupKind } from "../../kinds/kind.ts";
import { assertKindsAllowed } from "../../kinds/policy.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../kinds/unproven.ts";
import { groth16ProofSystemAbi } from "../../protocol/abi.ts";
import type { Circuit, Circuits } from "../circuits.ts";
import type { Deployer } from "../deployment/deployer.ts";

/** How L1 checks what rollups of a kind claim, and what that needs there. */
export interface ProofScheme {
  /** Source of the proof system's contract, below `contracts/`. */
  readonly source: string;
  /** What a registration names: verification keys by circuit. */
  keys(kind: RollupKind, circuits: Circuits): Readonly<Record<string, Hex>>;
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

/** NOTHING IS PROVEN: what stands in while a kind has no circuit. Local chains only. */
export const unproven: ProofScheme = {
  source: "proofs/UnprovenProofSystem.sol",
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
