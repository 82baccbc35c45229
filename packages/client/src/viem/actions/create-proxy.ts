import type { Account, Address, Chain, Client, Transport } from "viem";
import { getCode, writeContract } from "viem/actions";
import { ProxyNotCreatedError } from "../../errors/proxy-not-created.ts";
import { managerOf, resolveChain } from "../../network/chain.ts";
import type { LockstepNetwork } from "../../network/network.ts";
import { managerAbi } from "../../protocol/abi.ts";
import type { AccountParameter } from "../account-parameter.ts";
import { clientOn } from "../client-on.ts";
import { ownChain } from "../own-chain.ts";
import { proxyOf, type ProxyOfParameters } from "./proxy-of.ts";
import { waitForInclusion } from "./wait-for-inclusion.ts";

export type CreateProxyParameters<
  network extends LockstepNetwork = LockstepNetwork,
  account extends Account | undefined = Account | undefined,
> = ProxyOfParameters<network> & AccountParameter<account>;

export type CreateProxyReturnType = Address;

/**
 * Makes the proxy of another chain's contract, unless it is there, and waits for it.
 * @returns its address: what is to be handed to contracts.
 * @throws what {@link proxyOf} and {@link waitForInclusion} throw.
 * @throws {ProxyNotCreatedError}
 * @example
 * ```ts
 * const proxy = await client.createProxy({ address: counter, chain: "A" });
 * ```
 */
export async function createProxy<network extends LockstepNetwork, account extends Account | undefined>(
  client: Client<Transport, Chain | undefined, account>,
  network: network,
  parameters: CreateProxyParameters<network, account>,
): Promise<CreateProxyReturnType> {
  const { address, chain, on, account = client.account } = parameters;
  const own = await ownChain(client, network);
  const [home, there] = [resolveChain(network, chain), on === undefined ? own : resolveChain(network, on)];
  const proxy = await proxyOf(client, network, { address, chain, on });
  const target: Client<Transport, Chain> = clientOn(client, own, there);
  if ((await getCode(target, { address: proxy })) !== undefined) return proxy;
  if (account === undefined) throw new TypeError("no account that makes the proxy");
  const hash = await writeContract(target, {
    address: managerOf(there),
    abi: managerAbi,
    functionName: "createProxy",
    args: [address, BigInt(home.number)],
    account,
    chain: target.chain,
  });
  const { status } = await waitForInclusion(target, { hash });
  if (status !== "success") throw new ProxyNotCreatedError({ address, chain: home.name }, there.name, hash);
  return proxy;
}
