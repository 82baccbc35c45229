import { encodeFunctionData, type Hex } from "viem";
import { executionValue } from "../protocol/execution/encoding.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { BatchPlan } from "./plan.ts";

/** A proof of one visit, as it is posted. */
export interface VisitProof {
  readonly rollup: ChainId;
  /** Name of the key: keccak256 of its encoding. */
  readonly verificationKey: Hex;
  readonly proof: Hex;
}

/**
 * Calldata of `postBatch`.
 * @param proofs one for each visit of the plan, in their order.
 */
export function batchCalldata(plan: BatchPlan, proofs: readonly VisitProof[]): Hex {
  const batch = {
    timestamp: plan.context.timestamp,
    blobCount: 0,
    executions: plan.executions.map(executionValue),
    proofs: proofs.map((proof, visit) => ({ ...proof, visits: [visit] })),
  };
  return encodeFunctionData({ abi: rollupsAbi, functionName: "postBatch", args: [batch] });
}
