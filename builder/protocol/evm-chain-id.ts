/** What wallets know an EVM rollup by, and what CHAINID answers there. */
export function evmChainIdOf(l1ChainId: bigint, rollup: bigint): bigint {
  return l1ChainId * 1_000n + rollup;
}
