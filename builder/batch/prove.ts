import type { Hex } from "viem";
import type { ProofContext } from "../kinds/kind.ts";
import type { Prover } from "../proving/prover.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { PlannedVisit } from "./plan.ts";
import type { VisitJob } from "./jobs.ts";
import type { VisitProof } from "./encode.ts";

/**
 * The key that stands on L1 for a circuit of a rollup.
 * @throws when there is none.
 */
export type KeyOf = (rollup: ChainId, circuit: string) => Hex;

/** Equal for two visits exactly if the same proof serves both. */
export function statementKey({ statement }: PlannedVisit): Hex {
  return statement.key;
}

/** Proves a visit, and checks that the proof is the one that L1 will ask for. */
export async function proveVisit(
  { rollup, job }: VisitJob,
  prover: Prover,
  keyOf: KeyOf,
  context: Omit<ProofContext, "verificationKey">,
): Promise<VisitProof> {
  const verificationKey = keyOf(rollup, job.circuit);
  return { rollup, verificationKey, proof: await job.prove(prover, { ...context, verificationKey }) };
}
