import { type Client, type Hash, type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { getTransactionReceipt } from "viem/actions";
import { readStatus, type TransactionStatus } from "../../answers/status.ts";
import { untilIncluded } from "../../inclusion/until-included.ts";
import { request } from "../request.ts";

export interface WaitForInclusionParameters {
  readonly hash: Hash;
  /** Told of each state that it comes to. */
  readonly onStatus?: ((status: TransactionStatus) => void) | undefined;
  /** Milliseconds between two questions; default: the client's. */
  readonly pollingInterval?: number | undefined;
  /** Milliseconds; default: for as long as it takes, a transaction that waits does not wait for ever. */
  readonly timeout?: number | undefined;
}

export type WaitForInclusionReturnType = TransactionReceipt;

/**
 * Waits for a transaction that was sent to this client's chain. Ends with its receipt (which may say that it
 * reverted), or with the reason for which it will never have one.
 * @throws {TransactionDroppedError} with the builder's code, reason and revert data.
 * @throws {TransactionUnknownError}
 * @throws {InclusionTimeoutError}
 * @example
 * ```ts
 * const receipt = await client.waitForInclusion({ hash });
 * ```
 */
export async function waitForInclusion(
  client: Client,
  { hash, onStatus, pollingInterval = client.pollingInterval, timeout }: WaitForInclusionParameters,
): Promise<WaitForInclusionReturnType> {
  return await untilIncluded({
    hash,
    receipt: () => receiptOf(client, hash),
    status: async () => readStatus(await request(client, "lockstep_transactionStatus", [hash])),
    onStatus,
    pollingInterval,
    timeout,
  });
}

async function receiptOf(client: Client, hash: Hash): Promise<TransactionReceipt | undefined> {
  try {
    return await getTransactionReceipt(client, { hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
