import type { Hex } from "viem";
import type { BatchPlan } from "../../batch/plan.ts";
import type { AcceptedTransaction } from "../../intake/accepted.ts";
import { executionFate } from "../execution-fate.ts";
import type { ResultCheck, NodeResult } from "./dry-run.ts";
import { DryRunMismatchError } from "./mismatch.ts";
import type { SeenOutcome } from "./outcome.ts";

/** A transaction that is to be included, and what it does by the simulation. */
export interface ExpectedTransaction {
  readonly transaction: AcceptedTransaction;
  /**
   * Whether it needs the batch. One that does not may come out as it likes: L1 includes such transactions.
   */
  readonly crossesChains: boolean;
  /** Absent for a transaction signed for a rollup: it is part of the batch. */
  readonly outcome?: SeenOutcome;
}

/**
 * Compares what the node shows with what is expected. The draft holds the batch, if there is anything in the
 * plan, and the transactions of L1 behind it.
 * @returns a check that throws {DryRunMismatchError} for the first transaction that comes out differently.
 */
export function compareOutcomes(plan: BatchPlan, expected: readonly ExpectedTransaction[]): ResultCheck {
  return async (result) => {
    const first = plan.executions.length === 0 ? 0 : 1;
    if (first === 1) await compareBatch(plan, expected, result);
    const ofL1 = expected.filter(({ transaction }) => transaction.rollup === undefined);
    // The requests travel together; the verdict is about the first in the block.
    const differences = await Promise.all(
      ofL1.map(async ({ transaction, crossesChains, outcome }, at) => {
        if (!crossesChains || outcome === undefined) return undefined;
        return await compareTransaction(transaction.hash, outcome, result, first + at);
      }),
    );
    const differing = differences.findIndex((difference) => difference !== undefined);
    const difference = differences[differing];
    if (difference === undefined) return;
    throw await withTrace(difference, result, first + differing);
  };
}

interface Difference {
  readonly transaction: Hex | undefined;
  readonly simulated: SeenOutcome;
  readonly node: SeenOutcome;
}

async function compareBatch(
  plan: BatchPlan,
  expected: readonly ExpectedTransaction[],
  result: NodeResult,
): Promise<void> {
  const receipt = result.receipt(0);
  if (receipt === undefined) return;
  const simulated = { success: true, data: "0x" } as const;
  if (!receipt.success) {
    const node = { success: false, data: await result.data(0) };
    throw await withTrace({ transaction: undefined, simulated, node }, result, 0);
  }
  for (const { transaction } of expected) {
    if (transaction.rollup === undefined) continue;
    const fate = executionFate(plan, receipt.logs, transaction);
    if (fate.success) continue;
    const node = { success: false, data: fate.reason };
    throw await withTrace({ transaction: transaction.hash, simulated, node }, result, 0);
  }
}

async function compareTransaction(
  transaction: Hex,
  simulated: SeenOutcome,
  result: NodeResult,
  index: number,
): Promise<Difference | undefined> {
  const receipt = result.receipt(index);
  if (receipt === undefined) return undefined;
  const node = { success: receipt.success, data: await result.data(index) };
  const deploys = simulated.created !== undefined && simulated.success;
  const isSame = simulated.success === node.success && (deploys || simulated.data === node.data);
  return isSame ? undefined : { transaction, simulated, node };
}

async function withTrace(
  { transaction, simulated, node }: Difference,
  result: NodeResult,
  index: number,
): Promise<DryRunMismatchError> {
  // The mismatch is what counts; a node that cannot trace must not hide it.
  const trace = await result.trace(index).catch(() => undefined);
  const failure = trace?.error === undefined ? {} : { failure: trace.error };
  return new DryRunMismatchError(transaction, simulated, { ...node, ...failure, trace });
}
