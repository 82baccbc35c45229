import type { BatchPlan, PlannedVisit } from "./plan.ts";
import type { ProofJob, RollupKind } from "../kinds/kind.ts";
import type { ChainId } from "../protocol/ids.ts";

/** A visit with the proof that is to be made of it. */
export interface VisitJob extends PlannedVisit {
  readonly job: ProofJob;
}

/**
 * What has to be proven for a batch, one job for each visit.
 * @throws `VISIT_TOO_LARGE`.
 */
export async function visitJobs(
  { visits }: Pick<BatchPlan, "visits">,
  kindOf: (rollup: ChainId) => RollupKind,
): Promise<VisitJob[]> {
  return await Promise.all(
    visits.map(async (visit) => {
      const job = await kindOf(visit.rollup).proofJob(visit.statement, visit.completed);
      return { ...visit, job };
    }),
  );
}
