import { type Hex, TransactionReceiptNotFoundError } from "viem";
import type { L1Client } from "../l1/client.ts";
import type { InclusionStore } from "./inclusion-store.ts";
import type { Turns } from "./turn.ts";

/**
 * Takes an inclusion back that was begun and not ended: what no block holds leaves the node, and the node
 * mines as it did before. What a block does hold stays, with its receipt.
 */
export async function undoInclusion(l1: L1Client, store: InclusionStore, turns: Turns): Promise<void> {
  const open = await store.load();
  if (open === undefined) return;
  await withdraw(l1, open.transactions);
  await turns.recover(open.holder);
  await store.end();
}

/** Takes transactions out of the node's pool that no block holds. */
export async function withdraw(l1: L1Client, transactions: readonly Hex[]): Promise<void> {
  // Users' transactions first: without their batch they would only fail.
  for (const hash of transactions.toReversed()) {
    if (!(await isIncluded(l1, hash))) await l1.dropTransaction({ hash });
  }
}

async function isIncluded(l1: L1Client, hash: Hex): Promise<boolean> {
  try {
    await l1.getTransactionReceipt({ hash });
    return true;
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return false;
    throw error;
  }
}
