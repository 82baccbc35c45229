import { concatHex, keccak256, toHex } from "viem";
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

export const DEVELOPMENT_SECRETS: SetupSecrets = {
  tau: derive("tau"),
  alpha: derive("alpha"),
  beta: derive("beta"),
  delta: derive("delta"),
};

/** Discrete logarithm of the point by which the contribution proves that it knows δ. */
export const CONTRIBUTION_BASE = derive("contribution");

function derive(name: string): bigint {
  return BigInt(keccak256(concatHex([toHex(DEVELOPMENT_SEED), toHex(name)]))) % FIELD_MODULUS;
}
