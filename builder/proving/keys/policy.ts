import { DevelopmentKeyError } from "./errors.ts";
import { hashVerificationKey, isDevelopmentKey, type VerificationKey } from "./verification-key.ts";

/**
 * EVM chain ids of Hardhat's node and of geth's and Ganache's development chains: the only ones that accept
 * insecure keys.
 */
export const LOCAL_EVM_CHAIN_IDS: readonly bigint[] = [31337n, 1337n];

/**
 * To be called before keys are registered or used on a chain. The contracts refuse the same keys by the same
 * rule.
 * @throws `DEVELOPMENT_KEY` when one of them is a development key and the chain is not local.
 */
export function assertKeysAllowed(evmChainId: bigint, keys: Iterable<VerificationKey>): void {
  if (LOCAL_EVM_CHAIN_IDS.includes(evmChainId)) return;
  for (const key of keys) {
    if (isDevelopmentKey(key))
      throw new DevelopmentKeyError(evmChainId, `Verification key ${hashVerificationKey(key)} is`);
  }
}
