/**
 * What wallets know an EVM rollup by, and what CHAINID answers there.
 * @example
 * ```ts
 * import { evmChainIdOf } from "./builder/protocol/evm-chain-id.ts";
 *
 * evmChainIdOf(31337n, 2n); // 31337002n
 * ```
 */
export function evmChainIdOf(l1ChainId: bigint, rollup: bigint): bigint {
  return l1ChainId * 1_000n + rollup;
}
