import { type ChainId, L1 } from "./ids.ts";

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

/** The one of the chains that wallets know by this id; L1 may be among them. */
export function chainWithEvmId(
  evmChainId: bigint,
  l1ChainId: bigint,
  chains: Iterable<ChainId>,
): ChainId | undefined {
  for (const chain of chains)
    if (evmChainId === (chain === L1 ? l1ChainId : evmChainIdOf(l1ChainId, chain))) return chain;
  return undefined;
}
