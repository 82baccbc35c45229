import { TransactionReceiptNotFoundError } from "viem";
import type { Posted } from "../intake/accepted.ts";
import type { Outcome } from "../intake/outcomes.ts";
import type { HistoryEntry } from "../l1/history.ts";
import type { L1Client } from "../l1/client.ts";
import { findIncluded } from "./find-included.ts";

type PostedOutcome = Outcome & { readonly status: Posted };

/** How many are asked for at once. A block that is there has all before it: usually the first few say it. */
const AT_ONCE = 16;

/**
 * Which of the posted transactions L1 holds no longer.
 * @param outcomes the newest first; those before a number of them that are all there are not asked for.
 * @param readAll every execution that took effect so far; read only if the batch of one is gone.
 */
export async function findGone(
  l1: L1Client,
  outcomes: readonly PostedOutcome[],
  readAll: () => Promise<readonly HistoryEntry[]>,
): Promise<PostedOutcome[]> {
  const gone: PostedOutcome[] = [];
  for (let first = 0; first < outcomes.length; first += AT_ONCE) {
    const some = outcomes.slice(first, first + AT_ONCE);
    const there = await Promise.all(some.map(async (outcome) => await isInItsBlock(l1, outcome)));
    const moved = some.filter((_, index) => there[index] === false);
    if (moved.length === 0) break;
    // Another batch, or another block, may hold it by now.
    const found = await findIncluded(l1, moved, readAll);
    const elsewhere = new Set(found.map(({ transaction }) => transaction.hash));
    gone.push(...moved.filter(({ hash }) => !elsewhere.has(hash)));
  }
  return gone;
}

async function isInItsBlock(l1: L1Client, { status }: PostedOutcome): Promise<boolean> {
  try {
    const { blockNumber } = await l1.getTransactionReceipt({ hash: status.l1Transaction });
    return blockNumber === status.blockNumber;
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return false;
    throw error;
  }
}
