import { Contract, type Signer } from "ethers";
import { ProxyNotCreatedError } from "../errors/proxy-not-created.ts";
import { managerOf, resolveChain } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";
import { managerAbi } from "../protocol/abi.ts";
import { connectOn } from "./connection.ts";
import { proxyOf, type ProxyOfParameters } from "./proxy-of.ts";
import { waitForInclusion } from "./wait-for-inclusion.ts";

/**
 * Makes the proxy of another chain's contract, unless it is there, and waits for it.
 * @returns its address: what is to be handed to contracts.
 * @throws what {@link proxyOf} and {@link waitForInclusion} throw.
 * @throws {ProxyNotCreatedError}
 */
export async function createProxy<network extends LockstepNetwork>(
  signer: Signer,
  network: network,
  parameters: ProxyOfParameters<network>,
): Promise<string> {
  const { address, chain, on } = parameters;
  const there = await connectOn(signer, network, on);
  const proxy = await proxyOf(signer, network, parameters);
  if ((await there.provider.getCode(proxy)) !== "0x") return proxy;
  const home = resolveChain(network, chain);
  const manager = new Contract(managerOf(there.chain), managerAbi, there.signer);
  const sent = await manager.getFunction("createProxy").send(address, home.number);
  const { status } = await waitForInclusion(there.provider, { hash: sent.hash });
  if (status !== 1)
    throw new ProxyNotCreatedError({ address, chain: home.name }, there.chain.name, sent.hash);
  return proxy;
}
