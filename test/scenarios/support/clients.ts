import { createPublicClient, createWalletClient, http, type LocalAccount } from "viem";
import { hardhat } from "viem/chains";

/** viem's clients as a dApp has them, for an endpoint and the chain id that it tells wallets. */
export function clientsFor(url: string, id: bigint) {
  const transport = http(url, { retryCount: 0 });
  const chain = { ...hardhat, id: Number(id), rpcUrls: { default: { http: [url] } } };
  return {
    url,
    reader: createPublicClient({ chain, transport, pollingInterval: 30, cacheTime: 0 }),
    wallet: (account: LocalAccount) => createWalletClient({ chain, transport, account }),
  };
}

export type Clients = ReturnType<typeof clientsFor>;
