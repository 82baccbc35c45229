import { Contract } from "ethers";
import { SameChainError } from "../errors/same-chain.ts";
import { Found } from "../found.ts";
import { type ChainReference, managerOf, resolveChain } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";
import { managerAbi } from "../protocol/abi.ts";
import { connectOn, type Runner } from "./connection.ts";

export interface ProxyOfParameters<network extends LockstepNetwork = LockstepNetwork> {
  readonly address: string;
  /** The chain that the contract is on. */
  readonly chain: ChainReference<network>;
  /** The chain on which the proxy stands; default: the runner's. */
  readonly on?: ChainReference<network> | undefined;
}

/**
 * Under which address another chain's contract is known on this one, whether or not its proxy is there yet.
 * @throws {UnknownChainError}
 * @throws {SameChainError}
 * @throws {NoProxiesError}
 */
export async function proxyOf<network extends LockstepNetwork>(
  runner: Runner,
  network: network,
  { address, chain, on }: ProxyOfParameters<network>,
): Promise<string> {
  const home = resolveChain(network, chain);
  const there = await connectOn(runner, network, on);
  if (home.number === there.chain.number) throw new SameChainError(address, home.name);
  const manager = new Contract(managerOf(there.chain), managerAbi, there.provider);
  const proxy: unknown = await manager.getFunction("proxyOf")(address, home.number);
  return new Found(proxy, "proxyOf").hex(20);
}
