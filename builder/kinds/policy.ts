import { LOCAL_EVM_CHAIN_IDS } from "../proving/keys/policy.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { RollupKind } from "./kind.ts";

/** A rollup without proofs was about to run where value is at stake. */
export class UnprovenKindError extends LockstepError {
  constructor(kind: string, evmChainId: bigint) {
    super(
      "UNPROVEN_KIND",
      `rollups of kind ${kind} are UNPROVEN: anybody can forge their state. ` +
        `They do not run on EVM chain ${evmChainId}; only the local chains ${LOCAL_EVM_CHAIN_IDS.join(" and ")} have them`,
    );
  }
}

/**
 * To be called before rollups of these kinds are registered or run.
 * @throws {UnprovenKindError} unless L1 is local.
 */
export function assertKindsAllowed(evmChainId: bigint, kinds: Iterable<RollupKind>): void {
  if (LOCAL_EVM_CHAIN_IDS.includes(evmChainId)) return;
  for (const { name, isProven } of kinds) {
    if (!isProven) throw new UnprovenKindError(name, evmChainId);
  }
}
