import type { Client } from "viem";
import { getChainId } from "viem/actions";
import { resolveChain, type ResolvedChain } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";

/**
 * The chain of the network that a client is connected to.
 * @throws {UnknownChainError} when it is none of them.
 */
export async function ownChain(client: Client, network: LockstepNetwork): Promise<ResolvedChain> {
  return resolveChain(network, { id: client.chain?.id ?? (await getChainId(client)) });
}
