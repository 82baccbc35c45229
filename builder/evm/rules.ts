import { type Common, createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { pointEvaluation } from "./kzg.ts";

const known = new Map<number, Common>();

/**
 * The rules of a chain with this EIP-155 id: L1's and every EVM rollup's are those of the newest fork that
 * local nodes and mainnet share.
 */
export function rulesOf(evmChainId: number): Common {
  const rules =
    known.get(evmChainId) ??
    createCustomCommon({ chainId: evmChainId }, Mainnet, {
      hardfork: Hardfork.Osaka,
      customCrypto: { kzg: pointEvaluation },
    });
  known.set(evmChainId, rules);
  return rules;
}
