import type { Hex } from "viem";
import type { BatchPlan } from "../../batch/plan.ts";
import type { AcceptedTransaction } from "../../intake/accepted.ts";
import { executionFate } from "../execution-fate.ts";
import type { Judge, Shown } from "./dry-run.ts";
import { DryRunMismatchError } from "./mismatch.ts";
import type { SeenOutcome } from "./outcome.ts";

/** A transaction that is to be included, and what it does by the simulation. */
export interface Foreseen {
  readonly transaction: AcceptedTransaction;
  /**
   * Whether it needs the batch. One that does not may come out as it likes: L1 includes such transactions.
   */
  readonly crossesChains: boolean;
  /** Absent for a transaction signed for a rollup: it is part of the batch. */
  readonly outcome?: SeenOutcome;
}

/**
 * Compares what the node shows with what was foreseen. The draft holds the batch, if there is anything in the
 * plan, and the transactions of L1 behind it.
 * @returns a judge that throws {DryRunMismatchError} for the first transaction that comes out differently.
 */
export function judgeBy(plan: BatchPlan, foreseen: readonly Foreseen[]): Judge {
  return async (shown) => {
    const first = plan.executions.length === 0 ? 0 : 1;
    if (first === 1) await judgeBatch(plan, foreseen, shown);
    const ofL1 = foreseen.filter(({ transaction }) => transaction.rollup === undefined);
    // The requests travel together; the verdict is about the first in the block.
    const verdicts = await Promise.all(
      ofL1.map(async ({ transaction, crossesChains, outcome }, at) => {
        if (!crossesChains || outcome === undefined) return undefined;
        return await compare(transaction.hash, outcome, shown, first + at);
      }),
    );
    const differing = verdicts.findIndex((verdict) => verdict !== undefined);
    const verdict = verdicts[differing];
    if (verdict === undefined) return;
    throw await withTrace(verdict, shown, first + differing);
  };
}

interface Difference {
  readonly transaction: Hex | undefined;
  readonly simulated: SeenOutcome;
  readonly node: SeenOutcome;
}

async function judgeBatch(plan: BatchPlan, foreseen: readonly Foreseen[], shown: Shown): Promise<void> {
  const receipt = shown.receipt(0);
  if (receipt === undefined) return;
  const simulated = { success: true, data: "0x" } as const;
  if (!receipt.success) {
    const node = { success: false, data: await shown.data(0) };
    throw await withTrace({ transaction: undefined, simulated, node }, shown, 0);
  }
  for (const { transaction } of foreseen) {
    if (transaction.rollup === undefined) continue;
    const fate = executionFate(plan, receipt.logs, transaction);
    if (fate.success) continue;
    const node = { success: false, data: fate.reason };
    throw await withTrace({ transaction: transaction.hash, simulated, node }, shown, 0);
  }
}

async function compare(
  transaction: Hex,
  simulated: SeenOutcome,
  shown: Shown,
  index: number,
): Promise<Difference | undefined> {
  const receipt = shown.receipt(index);
  if (receipt === undefined) return undefined;
  const node = { success: receipt.success, data: await shown.data(index) };
  const deploys = simulated.created !== undefined && simulated.success;
  const isSame = simulated.success === node.success && (deploys || simulated.data === node.data);
  return isSame ? undefined : { transaction, simulated, node };
}

async function withTrace(
  { transaction, simulated, node }: Difference,
  shown: Shown,
  index: number,
): Promise<DryRunMismatchError> {
  // The mismatch is what counts; a node that cannot trace must not hide it.
  const trace = await shown.trace(index).catch(() => undefined);
  const failure = trace?.error === undefined ? {} : { failure: trace.error };
  return new DryRunMismatchError(transaction, simulated, { ...node, ...failure, trace });
}
