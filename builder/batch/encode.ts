import { encodeAbiParameters, encodeFunctionData, type Hex } from "viem";
import { executionValue } from "../execution/encoding.ts";
import type { ProverResult } from "../proof/prover.ts";
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

/** Groth16 proof bytes: commitment, A, B (imaginary part first), C. */
export function encodeProof({ proof, publicInputs }: ProverResult): Hex {
  return encodeAbiParameters(
    [{ type: "uint256" }, { type: "uint256[2]" }, { type: "uint256[2][2]" }, { type: "uint256[2]" }],
    [publicInputs.commitment, proof.a, proof.b, proof.c],
  );
}

/** Calldata of `postBatch`. @param proofs one for each visit of the plan, in their order. */
export function batchCalldata(plan: BatchPlan, proofs: readonly VisitProof[]): Hex {
  const batch = {
    timestamp: plan.context.timestamp,
    blobCount: 0,
    executions: plan.executions.map(executionValue),
    proofs: proofs.map((proof, visit) => ({ ...proof, visits: [visit] })),
  };
  return encodeFunctionData({ abi: rollupsAbi, functionName: "postBatch", args: [batch] });
}
