import { TransactionReceiptNotFoundError } from "viem";
import { findL2Transaction, type HistoryEntry } from "../l1/history.ts";
import type { L1Client } from "../l1/client.ts";
import type { AcceptedTransaction, Failed, Posted } from "../intake/accepted.ts";

/**
 * Which of the transactions L1 holds already, because the builder was interrupted before it could take note.
 * @param readAll every execution that took effect so far; read only if a transaction of a rollup is among
 * them.
 */
export async function findIncluded<Transaction extends Pick<AcceptedTransaction, "hash" | "rollup">>(
  l1: L1Client,
  transactions: readonly Transaction[],
  readAll: () => Promise<readonly HistoryEntry[]>,
): Promise<{ transaction: Transaction; status: Posted | Failed }[]> {
  const history = transactions.some(({ rollup }) => rollup !== undefined) ? await readAll() : [];
  const found = await Promise.all(
    transactions.map(async (transaction) => {
      const { rollup, hash } = transaction;
      if (rollup === undefined) return { transaction, status: await statusOnL1(l1, transaction) };
      const taken = findL2Transaction(history, rollup, hash);
      if (taken === undefined) return { transaction, status: undefined };
      const { transaction: l1Transaction, blockNumber } = taken;
      return { transaction, status: { state: "posted", l1Transaction, blockNumber, timings: {} } as const };
    }),
  );
  return found.flatMap(({ transaction, status }) => (status === undefined ? [] : [{ transaction, status }]));
}

async function statusOnL1(
  l1: L1Client,
  { hash }: Pick<AcceptedTransaction, "hash">,
): Promise<Posted | Failed | undefined> {
  try {
    const { transactionHash: l1Transaction, blockNumber, status } = await l1.getTransactionReceipt({ hash });
    if (status === "success") return { state: "posted", l1Transaction, blockNumber, timings: {} };
    const reason = "the transaction was included while the builder was interrupted, and reverted";
    return { state: "failed", code: "REVERTED_ON_L1", reason };
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
