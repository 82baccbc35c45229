import { type Address, createPublicClient, type Hex, http, RpcRequestError } from "viem";
import { l1TransactionOf } from "./l1-transaction-of.ts";

/** A user's view of the ledger through its gateway. */
export interface LedgerClient {
  /** Number of successful transactions that the account has signed. */
  nonceOf(address: Address): Promise<bigint>;
  /** Balance in wei of an account at home on the ledger. */
  balanceOf(address: Address): Promise<bigint>;
  /**
   * Sends a signed transaction and waits for its effect. Resolves with the L1 transaction in which it took
   * effect.
   */
  sendAndWait(transaction: Hex): Promise<Hex>;
  /** Whether the gateway refuses a transaction, with an error of the ledger's. */
  refuses(transaction: Hex): Promise<boolean>;
}

const POLL_MS = 100;
const TIMEOUT_MS = 600_000;

/**
 * Opens a ledger at its gateway.
 * @example
 * ```ts
 * import { openLedger } from "./builder/devnet/tour/ledger-client.ts";
 *
 * const ledger = openLedger("http://127.0.0.1:8547");
 * console.log(await ledger.balanceOf("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"));
 * ```
 */
export function openLedger(gateway: string): LedgerClient {
  const client = createPublicClient({
    transport: http(gateway, { timeout: TIMEOUT_MS, retryCount: 0 }),
    pollingInterval: POLL_MS,
  });
  return {
    nonceOf: async (address) => BigInt(await client.getTransactionCount({ address })),
    balanceOf: (address) => client.getBalance({ address }),
    async sendAndWait(serializedTransaction) {
      const hash = await client.sendRawTransaction({ serializedTransaction });
      await client.waitForTransactionReceipt({ hash, timeout: TIMEOUT_MS, checkReplacement: false });
      return await l1TransactionOf(client, hash);
    },
    async refuses(serializedTransaction) {
      try {
        await client.sendRawTransaction({ serializedTransaction });
        return false;
      } catch (error) {
        const cause = error instanceof Error && "walk" in error && typeof error.walk === "function";
        if (cause || error instanceof RpcRequestError) return true;
        throw error;
      }
    },
  };
}
