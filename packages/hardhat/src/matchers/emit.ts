import type { BaseContract, Log } from "ethers";
import { type ChainProvider, onChain } from "./on-chain.ts";
import { included } from "./sent.ts";

/** What the stock matcher looks at of a contract. */
interface WatchedContract {
  readonly interface: unknown;
  readonly target: unknown;
  readonly runner: {
    readonly provider: {
      waitForTransaction(hash: string): Promise<{ readonly logs: readonly Log[] }>;
    };
  };
}

/**
 * The contract with a provider that shows, for the transaction of the assertion, what that did on the
 * contract's chain: the stock matcher would wait for ever for a transaction that only another chain has.
 * @returns nothing where the stock matcher has all it needs.
 */
export function watched(contract: BaseContract, subject: unknown): WatchedContract | undefined {
  const provider = contract.runner?.provider;
  if (!isChainProvider(provider) || typeof subject === "string") return undefined;
  const waitForTransaction = async (): Promise<{ logs: readonly Log[] }> => {
    const { hash } = await included(subject);
    return { logs: (await onChain(provider, hash)).logs };
  };
  return {
    interface: contract.interface,
    target: contract.target,
    runner: { provider: { waitForTransaction } },
  };
}

export function isChainProvider(value: unknown): value is ChainProvider {
  return typeof value === "object" && value !== null && "send" in value && "getTransactionReceipt" in value;
}
