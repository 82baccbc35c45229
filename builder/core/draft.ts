import type { Load, Outline } from "../batch/limits.ts";
import type { BatchPlan } from "../batch/plan.ts";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { SimulatedTransaction } from "../simulate/simulate-transactions.ts";
import type { HeldChains } from "./chains.ts";

/** A transaction that can be included, and the rollups that it visits. */
export type Served = Extract<SimulatedTransaction, { success: boolean }> & {
  readonly rollups: ReadonlySet<ChainId>;
};
export type Refused = Exclude<SimulatedTransaction, { success: boolean }>;
/** What became of a transaction that was played. */
export type Played = Served | Refused;

/** A batch before it is proven, and which transactions it serves. */
export interface Draft {
  readonly moment: HeldChains;
  readonly plan: BatchPlan;
  readonly served: readonly Served[];
  /** Those that cannot be included, and why. */
  readonly failed: readonly Refused[];
  readonly load: Load;
  readonly milliseconds: number;
}

/**
 * The rollups that a transaction has visited.
 * @param outlines the executions that it began; one that it shares with others is not among them.
 */
export function rollupsOf({ rollup }: AcceptedTransaction, outlines: readonly Outline[]): Set<ChainId> {
  const visited = outlines.flatMap(({ visits }) => visits.map((visit) => visit.rollup));
  return new Set(rollup === undefined ? visited : [rollup, ...visited]);
}

/** Whether the draft was full before the transaction was played. */
export function isLeftOut(transaction: AcceptedTransaction | undefined, { served, failed }: Draft): boolean {
  return [...served, ...failed].every((each) => each.transaction !== transaction);
}
