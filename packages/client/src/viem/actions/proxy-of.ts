import type { Address, Client } from "viem";
import { readContract } from "viem/actions";
import { SameChainError } from "../../errors/same-chain.ts";
import { type ChainReference, managerOf, resolveChain } from "../../network/chain.ts";
import type { LockstepNetwork } from "../../network/network.ts";
import { managerAbi } from "../../protocol/abi.ts";
import { clientOn } from "../client-on.ts";
import { ownChain } from "../own-chain.ts";

/** A contract or an account, and the chain that it is on. */
export interface Remote<network extends LockstepNetwork = LockstepNetwork> {
  readonly address: Address;
  readonly chain: ChainReference<network>;
}

export interface ProxyOfParameters<
  network extends LockstepNetwork = LockstepNetwork,
> extends Remote<network> {
  /** The chain on which the proxy stands; default: the client's. */
  readonly on?: ChainReference<network> | undefined;
}

export type ProxyOfReturnType = Address;

/**
 * Under which address another chain's contract is known on this one, whether or not its proxy is there yet.
 * @throws {UnknownChainError}
 * @throws {SameChainError}
 * @throws {NoProxiesError}
 * @example
 * ```ts
 * await client.proxyOf({ address: counter, chain: "A" });
 * ```
 */
export async function proxyOf<network extends LockstepNetwork>(
  client: Client,
  network: network,
  { address, chain, on }: ProxyOfParameters<network>,
): Promise<ProxyOfReturnType> {
  const own = await ownChain(client, network);
  const [home, there] = [resolveChain(network, chain), on === undefined ? own : resolveChain(network, on)];
  if (home.number === there.number) throw new SameChainError(address, home.name);
  return await readContract(clientOn(client, own, there), {
    address: managerOf(there),
    abi: managerAbi,
    functionName: "proxyOf",
    args: [address, BigInt(home.number)],
  });
}
