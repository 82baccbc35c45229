import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  type Client,
  getContract,
  type GetContractReturnType,
  type Transport,
} from "viem";
import { getCode } from "viem/actions";
import { NoProxyError } from "../../errors/no-proxy.ts";
import { resolveChain } from "../../network/chain.ts";
import type { LockstepNetwork } from "../../network/network.ts";
import type { AccountParameter } from "../account-parameter.ts";
import { clientOn } from "../client-on.ts";
import { ownChain } from "../own-chain.ts";
import { createProxy } from "./create-proxy.ts";
import { proxyOf, type ProxyOfParameters } from "./proxy-of.ts";

export type GetRemoteContractParameters<
  network extends LockstepNetwork = LockstepNetwork,
  abi extends Abi = Abi,
  account extends Account | undefined = Account | undefined,
> = ProxyOfParameters<network> & { readonly abi: abi } & (
    | { readonly createProxy?: false | undefined }
    /** Makes the proxy unless it is there. */
    | ({ readonly createProxy: true } & AccountParameter<account>)
  );

/** Events are emitted by the contract itself, on its own chain. */
type EventMembers = "createEventFilter" | "getEvents" | "watchEvent";

/**
 * A contract of another chain. What is read and written goes through its proxy, in this chain's transactions;
 * `home` is the contract on its own chain, with its events.
 */
export type GetRemoteContractReturnType<
  abi extends Abi = Abi,
  account extends Account | undefined = Account | undefined,
> = Omit<GetContractReturnType<abi, Client<Transport, Chain, account>>, EventMembers> & {
  /** The proxy's address, as this chain's contracts know the contract. */
  readonly address: Address;
  readonly home: GetContractReturnType<abi, { readonly public: Client<Transport, Chain> }>;
};

/**
 * A contract of another chain, typed from its ABI, to be called on this one.
 * @throws what {@link proxyOf} and {@link createProxy} throw.
 * @throws {NoProxyError} when it has no proxy here and none is to be made: calls would do nothing.
 * @example
 * ```ts
 * const counter = await client.getRemoteContract({ abi, address, chain: "A" });
 * await counter.write.increment();
 * ```
 */
export async function getRemoteContract<
  network extends LockstepNetwork,
  const abi extends Abi,
  account extends Account | undefined,
>(
  client: Client<Transport, Chain | undefined, account>,
  network: network,
  parameters: GetRemoteContractParameters<network, abi, account>,
): Promise<GetRemoteContractReturnType<abi, account>> {
  const { abi, address, chain, on } = parameters;
  const own = await ownChain(client, network);
  const [home, there] = [resolveChain(network, chain), on === undefined ? own : resolveChain(network, on)];
  const target = clientOn(client, own, there);
  const proxy =
    parameters.createProxy === true
      ? await createProxy(client, network, parameters)
      : await proxyOf(client, network, { address, chain, on });
  if ((await getCode(target, { address: proxy })) === undefined)
    throw new NoProxyError({ address, chain: home.name }, there.name, proxy);
  const reader: Client<Transport, Chain> = clientOn(client, own, home);
  return Object.assign(getContract({ abi, address: proxy, client: target }), {
    address: proxy,
    home: getContract({ abi, address, client: { public: reader } }),
  });
}
