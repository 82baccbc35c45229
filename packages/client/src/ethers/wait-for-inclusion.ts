import type { TransactionReceipt } from "ethers";
import { readStatus, type TransactionStatus } from "../answers/status.ts";
import { Found } from "../found.ts";
import { untilIncluded } from "../inclusion/until-included.ts";
import { providerOf, request, type Runner } from "./connection.ts";

export interface WaitForInclusionParameters {
  readonly hash: string;
  /** Told of each state that it comes to. */
  readonly onStatus?: ((status: TransactionStatus) => void) | undefined;
  /** Milliseconds between two questions; default: the provider's. */
  readonly pollingInterval?: number | undefined;
  /** Milliseconds; default: for as long as it takes, a transaction that waits does not wait for ever. */
  readonly timeout?: number | undefined;
}

/**
 * Waits for a transaction that was sent to the provider's chain. Ends with its receipt (which may say that it
 * reverted), or with the reason for which it will never have one.
 * @throws {TransactionDroppedError} with the builder's code, reason and revert data.
 * @throws {TransactionUnknownError}
 * @throws {InclusionTimeoutError}
 */
export async function waitForInclusion(
  runner: Runner,
  { hash, onStatus, pollingInterval, timeout }: WaitForInclusionParameters,
): Promise<TransactionReceipt> {
  const provider = providerOf(runner);
  return await untilIncluded({
    hash: new Found(hash, "hash").hex(32),
    receipt: async () => (await provider.getTransactionReceipt(hash)) ?? undefined,
    status: async () => readStatus(await request(provider, "lockstep_transactionStatus", [hash])),
    onStatus,
    pollingInterval: pollingInterval ?? provider.pollingInterval,
    timeout,
  });
}
