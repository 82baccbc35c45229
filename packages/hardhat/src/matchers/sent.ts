import type { TransactionReceipt } from "ethers";

/** A transaction that was sent, as ethers has it. */
export interface SentTransaction {
  readonly hash: string;
  readonly from: string;
  wait(): Promise<TransactionReceipt | null>;
}

/**
 * The transaction that an assertion is about, once it has been included on its own chain.
 * @param subject the transaction, a promise of it, or a function that sends it.
 */
export async function included(subject: unknown): Promise<SentTransaction> {
  const sent: unknown = await (typeof subject === "function"
    ? Reflect.apply(subject, undefined, [])
    : subject);
  if (!isSent(sent)) throw new TypeError("the assertion is not about a transaction");
  await sent.wait();
  return sent;
}

export function isSent(value: unknown): value is SentTransaction {
  return typeof value === "object" && value !== null && "hash" in value && "from" in value && "wait" in value;
}
