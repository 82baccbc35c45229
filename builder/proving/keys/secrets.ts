import { concatHex, type Hex, keccak256, numberToHex, toHex } from "viem";
import { FIELD_MODULUS } from "../../protocol/ids.ts";

/** Seed of every development key, and the name under which a key carries it (spec section 6). */
export const DEVELOPMENT_SEED = "lockstep development key, insecure";

/** The secrets of a set-up. In a development key they are public, so anything can be proven with it. */
export interface SetupSecrets {
  readonly tau: bigint;
  readonly alpha: bigint;
  readonly beta: bigint;
  readonly delta: bigint;
}

/**
 * The secrets of a key with committed wires (docs/proving-evm.md, section 2). δ and η belong to one key
 * alone: with one of them in two keys a commitment could hold wires of the other circuit.
 */
export interface SplitSecrets extends SetupSecrets {
  /** What the points of committed wires are divided by, in place of δ. */
  readonly eta: bigint;
}

export const DEVELOPMENT_SECRETS: SetupSecrets = {
  tau: derive("tau"),
  alpha: derive("alpha"),
  beta: derive("beta"),
  delta: derive("delta"),
};

/** Discrete logarithm of the point by which the contribution proves that it knows δ. */
export const CONTRIBUTION_BASE = derive("contribution");

/**
 * The public secrets of a development key with committed wires: δ and η of this circuit and this split alone.
 * @param r1cs content of the `.r1cs` file,
 * @param committed number of committed wires.
 */
export function developmentSplitSecrets(r1cs: Uint8Array, committed: number): SplitSecrets {
  const split = concatHex([keccak256(r1cs), numberToHex(committed, { size: 4 })]);
  return { ...DEVELOPMENT_SECRETS, delta: derive("split delta", split), eta: derive("split eta", split) };
}

function derive(name: string, of: Hex = "0x"): bigint {
  return BigInt(keccak256(concatHex([toHex(DEVELOPMENT_SEED), toHex(name), of]))) % FIELD_MODULUS;
}
