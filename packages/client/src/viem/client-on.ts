import { type Account, type Chain, type Client, createClient, custom, http, type Transport } from "viem";
import type { ResolvedChain } from "../network/chain.ts";
import { viemChain } from "./chains-of.ts";

/** Milliseconds for which a gateway may take over an answer: it may have to play several chains. */
const TIMEOUT = 60_000;

/**
 * The same account's client on another chain of the network, at the chain's own gateway.
 * @param own the chain that `client` is connected to: there the client's own transport is used.
 */
export function clientOn<account extends Account | undefined>(
  client: Client<Transport, Chain | undefined, account>,
  own: ResolvedChain,
  on: ResolvedChain,
): Client<Transport, Chain, account> {
  const isOwn = own.number === on.number;
  const other: Client<Transport, Chain> = createClient({
    account: client.account,
    chain: isOwn ? (client.chain ?? viemChain(on)) : viemChain(on),
    transport: isOwn ? custom(client, { retryCount: 0 }) : http(on.gateway, { timeout: TIMEOUT }),
    pollingInterval: client.pollingInterval,
    cacheTime: client.cacheTime,
  });
  if (!isOfAccount(other, client.account)) throw new TypeError("a client without its account");
  return other;
}

function isOfAccount<account extends Account | undefined>(
  client: Client<Transport, Chain>,
  account: account,
): client is Client<Transport, Chain, account> {
  return client.account === account;
}
