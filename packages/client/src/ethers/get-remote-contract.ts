import { BaseContract, type ContractInterface, type InterfaceAbi, type Signer } from "ethers";
import { NoProxyError } from "../errors/no-proxy.ts";
import { resolveChain } from "../network/chain.ts";
import type { LockstepNetwork } from "../network/network.ts";
import { connectOn, isSigner, type Runner } from "./connection.ts";
import { createProxy } from "./create-proxy.ts";
import { proxyOf, type ProxyOfParameters } from "./proxy-of.ts";

export type GetRemoteContractParameters<
  network extends LockstepNetwork = LockstepNetwork,
  runner extends Runner = Runner,
> = ProxyOfParameters<network> & {
  readonly abi: InterfaceAbi;
  /** Makes the proxy unless it is there: a signer can. */
  readonly createProxy?: (runner extends Signer ? boolean : false) | undefined;
};

/** A contract of ethers', typed by one of TypeChain's types if that is said. */
export type Typed<contract = ContractInterface> = BaseContract & Omit<contract, keyof BaseContract>;

/** A contract of another chain. */
export interface RemoteContract<contract = ContractInterface> {
  /** To be called here, through its proxy. */
  readonly contract: Typed<contract>;
  /** On its own chain, with its events. */
  readonly home: Typed<contract>;
  /** The proxy's address, as this chain's contracts know the contract. */
  readonly address: string;
}

/**
 * A contract of another chain, to be called on this one.
 * @throws what {@link proxyOf} and {@link createProxy} throw.
 * @throws {NoProxyError} when it has no proxy here and none is to be made: calls would do nothing.
 */
export async function getRemoteContract<
  contract = ContractInterface,
  network extends LockstepNetwork = LockstepNetwork,
  runner extends Runner = Runner,
>(
  runner: runner,
  network: network,
  parameters: GetRemoteContractParameters<network, runner>,
): Promise<RemoteContract<contract>> {
  const { abi, address, chain } = parameters;
  const home = resolveChain(network, chain);
  const there = await connectOn(runner, network, parameters.on);
  const proxy =
    parameters.createProxy === true && isSigner(runner)
      ? await createProxy(runner, network, parameters)
      : await proxyOf(runner, network, parameters);
  if ((await there.provider.getCode(proxy)) === "0x")
    throw new NoProxyError({ address, chain: home.name }, there.chain.name, proxy);
  const { provider } = await connectOn(runner, network, { id: home.chainId });
  return {
    contract: BaseContract.from<contract>(proxy, abi, there.signer ?? there.provider),
    home: BaseContract.from<contract>(address, abi, provider),
    address: proxy,
  };
}
