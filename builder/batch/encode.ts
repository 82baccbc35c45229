import type { Hex } from "viem";
import { encodeBatch, type RollupProof } from "../protocol/batch.ts";
import type { BatchPlan } from "./plan.ts";

/** A proof of one visit, as it is posted. */
export type VisitProof = Omit<RollupProof, "visits">;

/**
 * Calldata of `postBatch`.
 * @param proofs one for each visit of the plan, in their order.
 */
export function batchCalldata(plan: BatchPlan, proofs: readonly VisitProof[]): Hex {
  return encodeBatch({
    timestamp: plan.context.timestamp,
    blobCount: 0,
    executions: plan.executions,
    proofs: proofs.map((proof, visit) => ({ ...proof, visits: [visit] })),
  });
}
