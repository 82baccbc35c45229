import { decodeEventLog, type Hex, isAddressEqual, type Log, toEventSelector } from "viem";
import type { BatchPlan } from "../batch/plan.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { type ChainId, chainId } from "../protocol/ids.ts";
import { transactionsOf } from "../protocol/execution/transactions.ts";
import type { AcceptedTransaction } from "../intake/accepted.ts";

/** What became of a transaction that was signed for a rollup, inside `postBatch`. */
export type ExecutionFate =
  | { readonly success: true }
  /** `reason` is revert data; empty if L1 says nothing of the execution. */
  | { readonly success: false; readonly reason: Hex }
  /** When its turn came, a rollup was no longer where it was proven for. */
  | { readonly success: false; readonly reason: "0x"; readonly skippedFor: ChainId };

/** A log as far as it matters here. */
export type ExecutionLog = Pick<Log, "address" | "topics" | "data">;

const FATES = ["ExecutionConsumed", "ExecutionFailed", "ExecutionSkipped"] as const;
const abi = rollupsAbi.filter((item) => item.type === "event" && FATES.some((name) => name === item.name));
const selectors = new Set<Hex | undefined>(
  abi.flatMap((item) => (item.type === "event" ? [toEventSelector(item)] : [])),
);

/**
 * Reads it from the logs of `postBatch`. Only what `Rollups` itself says counts: it calls contracts that emit
 * what they like.
 */
export function executionFate(
  plan: BatchPlan,
  logs: readonly ExecutionLog[],
  transaction: AcceptedTransaction,
): ExecutionFate {
  const index = plan.executions.findIndex((execution) =>
    transactionsOf(execution).some(
      ({ rollup, hash, failed }) => rollup === transaction.rollup && hash === transaction.hash && !failed,
    ),
  );
  for (const { address, topics, data } of logs) {
    if (!isAddressEqual(address, plan.context.manager) || !selectors.has(topics[0])) continue;
    const event = decodeEventLog({ abi: rollupsAbi, topics, data });
    if (event.eventName === "ExecutionConsumed" && event.args.execution === index) return { success: true };
    if (event.eventName === "ExecutionFailed" && event.args.execution === index)
      return { success: false, reason: event.args.reason };
    if (event.eventName === "ExecutionSkipped" && event.args.execution === index)
      return { success: false, reason: "0x", skippedFor: chainId(event.args.rollup) };
  }
  return { success: false, reason: "0x" };
}
