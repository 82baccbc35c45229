import type { Artefacts } from "../proving/circuits/artefacts.ts";
import { UNKNOWN_ORIGIN } from "../proving/keys/ceremony/origins.ts";
import type { SplitVerificationKey } from "../proving/keys/split-verification-key.ts";
import { type G2Point, isDevelopmentKey, type VerificationKey } from "../proving/keys/verification-key.ts";

/** A circuit instance with its key. */
export interface Circuit {
  readonly artefacts: Artefacts;
  readonly verificationKey: VerificationKey | SplitVerificationKey;
  /** Of a ceremony's key with committed wires: [τ]₂, under which codes are committed to. */
  readonly tau?: G2Point;
}

/** Compiled circuits by instance name. */
export type Circuits = ReadonlyMap<string, Circuit>;

/** True when at least one key is a development key: its proofs can be forged. */
export function haveDevelopmentKeys(circuits: Circuits): boolean {
  return [...circuits.values()].some(({ verificationKey }) => isDevelopmentKey(verificationKey));
}

/** What a person is to know about the keys in use. */
export function keysWarning(circuits: Circuits): string {
  if (circuits.size === 0) return "UNAUDITED. Never put real value here.";
  if (haveDevelopmentKeys(circuits))
    return "UNAUDITED. Development keys: anyone can forge their proofs. Never put real value here.";
  const isUnknown = [...circuits.values()].some(({ artefacts }) => artefacts.powersOfTau === UNKNOWN_ORIGIN);
  return isUnknown
    ? "UNAUDITED. The keys' powers of tau are of no known ceremony: whoever made them may be able to forge proofs. Never put real value here."
    : "UNAUDITED. The keys are a ceremony's. Never put real value here.";
}
