import type { TransactionReceipt } from "viem";
import type { BatchPlan } from "../batch/plan.ts";
import type { AcceptedTransaction, Failed, Posted, Timings, TransactionStatus } from "../intake/accepted.ts";
import { executionFate } from "./execution-fate.ts";
import type { BundleReceipts } from "./bundle.ts";

/**
 * What the block made of each transaction, read from its receipts alone. One without a status was skipped,
 * for another account moved its rollup first: that says nothing about it, and it goes on waiting.
 */
export function settle(
  plan: BatchPlan,
  included: BundleReceipts,
  transactions: readonly { readonly transaction: AcceptedTransaction; readonly success: boolean }[],
  timings: Timings,
): { transaction: AcceptedTransaction; status?: Posted | Failed }[] {
  const ofL1 = transactions.filter(({ transaction }) => transaction.rollup === undefined);
  return transactions.map((played) => {
    const { transaction, success } = played;
    if (transaction.rollup !== undefined) {
      const status = settleL2(plan, included.batch, transaction, timings);
      return { transaction, ...(status !== undefined && { status }) };
    }
    const receipt = included.transactions[ofL1.indexOf(played)];
    const status = settleL1(receipt, success, timings);
    return { transaction, ...(status !== undefined && { status }) };
  });
}

/**
 * Whether a transaction signed for a rollup may take effect although it failed: it changed nothing and used
 * no nonce, and any account can post its batch again until it is too old (docs/spec.md section 3).
 */
export function mayStillTakeEffect(status: TransactionStatus): boolean {
  return status.state === "failed" && status.code === "REVERTED_ON_L1";
}

function settleL1(
  receipt: BundleReceipts["transactions"][number] | undefined,
  expected: boolean,
  timings: Timings,
): Posted | Failed | undefined {
  // The node did not take it: whether it ever will is found out with the next batch.
  if (receipt === undefined || "refused" in receipt) return undefined;
  if (expected && receipt.status === "reverted") {
    const reason = "the transaction did something else on L1 than in the simulation, and reverted";
    return { state: "failed", code: "REVERTED_ON_L1", reason };
  }
  return {
    state: "posted",
    l1Transaction: receipt.transactionHash,
    blockNumber: receipt.blockNumber,
    timings,
  };
}

function settleL2(
  plan: BatchPlan,
  batch: TransactionReceipt | undefined,
  transaction: AcceptedTransaction,
  timings: Timings,
): Posted | Failed | undefined {
  if (batch?.status !== "success") return undefined;
  const fate = executionFate(plan, batch.logs, transaction);
  if (fate.success) {
    return { state: "posted", l1Transaction: batch.transactionHash, blockNumber: batch.blockNumber, timings };
  }
  if ("skippedFor" in fate) return undefined;
  const reason =
    "L1 did something else than in the simulation, so the transaction had no effect; " +
    "until its batch is too old or its nonce is used, any account can have it tried again";
  return { state: "failed", code: "REVERTED_ON_L1", reason, data: fate.reason };
}
