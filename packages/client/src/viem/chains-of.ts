import { type Chain, defineChain } from "viem";
import { type ChainName, chainsIn, type ResolvedChain } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";

/** A chain of a network, for viem. */
export type LockstepChain = Chain & {
  readonly lockstep: {
    /** Lockstep's number of the chain: 0 is L1. */
    readonly number: number;
    readonly kind: string;
    /** False: UNPROVEN. */
    readonly proven: boolean;
  };
};

/** A network's chains, by their names. */
export type ChainsOf<network extends LockstepNetwork = LockstepNetwork> = {
  readonly L1: LockstepChain;
} & {
  readonly [name in Exclude<ChainName<network>, "L1">]: LockstepChain;
};

/** viem's object for one chain of a network. Its name says so if the chain is UNPROVEN. */
export function viemChain({ name, number, chainId, gateway, kind, proven }: ResolvedChain): LockstepChain {
  const chain = defineChain({
    id: chainId,
    name: `Lockstep ${name}${proven ? "" : " (UNPROVEN)"}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [gateway], webSocket: [gateway.replace(/^http/, "ws")] } },
    testnet: true,
  });
  return { ...chain, lockstep: { number, kind, proven } };
}

/**
 * A network's chains for viem, by their names.
 * @example
 * ```ts
 * import { createPublicClient, http } from "viem";
 * import { chainsOf } from "lockstep-client";
 *
 * const { A } = chainsOf(devnet);
 * const client = createPublicClient({ chain: A, transport: http() });
 * ```
 */
export function chainsOf<const network extends LockstepNetwork>(network: network): ChainsOf<network> {
  const chains = Object.fromEntries(chainsIn(network).map((chain) => [chain.name, viemChain(chain)]));
  if (!hasEach(chains, network)) throw new TypeError("two chains have one name");
  return chains;
}

function hasEach<network extends LockstepNetwork>(
  chains: Readonly<Record<string, LockstepChain>>,
  network: network,
): chains is ChainsOf<network> {
  return Object.keys(chains).length === chainsIn(network).length;
}
