import { type Hex, TransactionReceiptNotFoundError } from "viem";
import type { L1Client } from "../l1/client.ts";
import type { InclusionStore } from "./open-inclusion.ts";

/**
 * Takes an inclusion back that was begun and not ended: what no block holds leaves the node, and the node
 * mines as it did before. What a block does hold stays, with its receipt.
 */
export async function undoInclusion(l1: L1Client, store: InclusionStore): Promise<void> {
  const open = await store.load();
  if (open === undefined) return;
  // Users' transactions first: without their batch they would only fail.
  for (const hash of open.transactions.toReversed()) {
    if (!(await isIncluded(l1, hash))) await l1.dropTransaction({ hash });
  }
  if (open.automine) await l1.setAutomine(true);
  await store.end();
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
