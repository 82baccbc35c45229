import {
  type Abi,
  type Account,
  type Address,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { compiledContract } from "../../node/deployment/contracts.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { DeploymentError } from "../../node/errors.ts";

/** One user's view of a chain of the devnet through its gateway: plain viem, nothing of Lockstep's own. */
export interface Dapp {
  readonly account: Account;
  readonly publicClient: ReturnType<typeof connect>["publicClient"];
  readonly walletClient: ReturnType<typeof connect>["walletClient"];
  /** Deploys an example contract, by file name below `contracts/examples`. */
  deploy(name: string, constructorArguments?: readonly unknown[]): Promise<Address>;
  /** Calls a function in a transaction that must succeed. */
  write(call: WriteCall): Promise<TransactionReceipt>;
}

export interface WriteCall {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args?: readonly unknown[];
  readonly value?: bigint;
}

/** Longer than any proof takes on a slow machine. */
const RECEIPT_TIMEOUT_MS = 600_000;

/** A chain of the devnet, as wallets know it. */
interface Endpoint {
  readonly chainId: number;
  readonly gateway: string;
}

function connect({ chainId, gateway }: Endpoint, account: Account) {
  const chain = defineChain({
    id: chainId,
    name: "Lockstep devnet",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [gateway] } },
  });
  const transport = http(gateway, { timeout: RECEIPT_TIMEOUT_MS, retryCount: 0 });
  const options = { chain, transport, pollingInterval: 100 };
  return {
    publicClient: createPublicClient(options),
    walletClient: createWalletClient({ ...options, account }),
  };
}

/**
 * @param accountIndex which of the devnet's accounts the user holds.
 * @param chain the chain to look at; L1 by default.
 * @example
 * ```ts
 * import { openDapp } from "./builder/devnet/tour/dapp.ts";
 * import { readDescription } from "./builder/node/deployment/description.ts";
 *
 * const dapp = openDapp(readDescription(".lockstep"), 1);
 * const counter = await dapp.deploy("Counter");
 * console.log(await dapp.publicClient.getCode({ address: counter }));
 * ```
 */
export function openDapp(devnet: DevnetDescription, accountIndex: number, chain: Endpoint = devnet.l1): Dapp {
  const key = devnet.accounts[accountIndex]?.privateKey;
  if (key === undefined) throw new RangeError(`the devnet has no account ${accountIndex}`);
  const account = privateKeyToAccount(key);
  const { publicClient, walletClient } = connect(chain, account);
  const confirmed = async (what: string, hash: Hex): Promise<TransactionReceipt> => {
    const receipt = await publicClient.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
    if (receipt.status !== "success") throw new DeploymentError(what, `transaction ${hash} reverted`);
    return receipt;
  };
  return {
    account,
    publicClient,
    walletClient,
    async deploy(name, args = []) {
      const { abi, bytecode } = await compiledContract(`examples/${name}.sol`);
      const { contractAddress } = await confirmed(
        name,
        await walletClient.deployContract({ abi, bytecode, args }),
      );
      if (contractAddress == null) throw new DeploymentError(name, "no contract was created");
      return contractAddress;
    },
    async write({ address, abi, functionName, args = [], value }) {
      const call = { address, abi, functionName, args, ...(value === undefined ? {} : { value }) };
      return confirmed(functionName, await walletClient.writeContract(call));
    },
  };
}
