import type { Address } from "viem";
import { LockstepError } from "../protocol/errors.ts";
import { type TransactionOutcome, failureOnL1 } from "./outcome.ts";
import type { Simulation } from "./simulation.ts";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import { warningsIn } from "./warnings.ts";
import { checkSender } from "../intake/check.ts";

export interface SimulationOptions {
  readonly baseFeePerGas: bigint;
  /** Account that will post the batch. */
  readonly origin: Address;
  /** Throws if L1 cannot take what the transaction does. */
  readonly check?: (outlines: ReturnType<Simulation["outlines"]>) => void;
}

/** What a transaction that can be included does. */
export interface SimulationResult {
  readonly crossesChains: boolean;
  readonly success: boolean;
  /** Of a transaction of L1; one signed for a rollup is part of the batch. */
  readonly outcome?: TransactionOutcome;
  /** What is odd about what it does on other chains, in words. */
  readonly warnings: readonly string[];
}

/** What became of a transaction in a simulation. */
export type SimulatedTransaction =
  | ({ readonly transaction: AcceptedTransaction } & SimulationResult)
  | { readonly transaction: AcceptedTransaction; readonly failure: LockstepError };

/** In the order of a block: transactions of rollups, which are in the batch, and L1's behind it. */
export function inBlockOrder(transactions: readonly AcceptedTransaction[]): AcceptedTransaction[] {
  return transactions.toSorted((a, b) => Number(a.rollup === undefined) - Number(b.rollup === undefined));
}

/**
 * Plays one transaction. One that fails is left out, alone. A transaction of L1 that crosses no border is
 * kept even if it reverts: L1 includes such transactions.
 */
export async function trySimulate(
  simulation: Simulation,
  transaction: AcceptedTransaction,
  options: SimulationOptions,
): Promise<SimulatedTransaction> {
  try {
    return { transaction, ...(await simulateTransaction(simulation, transaction, options)) };
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    return { transaction, failure: error };
  }
}

/**
 * Plays one transaction.
 * @throws {LockstepError} that says why it cannot be included; it then left nothing behind.
 */
export async function simulateTransaction(
  simulation: Simulation,
  transaction: AcceptedTransaction,
  { baseFeePerGas, origin, check = () => undefined }: SimulationOptions,
): Promise<SimulationResult> {
  const first = simulation.count;
  const assertWanted = (): void => {
    check(simulation.outlines(first));
  };
  if (transaction.rollup !== undefined) {
    const { warnings } = await simulation.l2Transaction(
      transaction.rollup,
      transaction.data,
      origin,
      assertWanted,
    );
    return { crossesChains: true, success: true, warnings };
  }
  const { decoded } = transaction;
  checkSender(decoded, await simulation.sender(decoded.sender), baseFeePerGas);
  const outcome = await simulation.transaction(decoded.tx, (played) => {
    const { crossesChains, success } = played;
    if (crossesChains && !success) throw failureOnL1(played);
    if (crossesChains) assertWanted();
  });
  const { crossesChains, success, trace, crossed } = outcome;
  const warnings = crossesChains && trace !== undefined ? warningsIn(trace, crossed) : [];
  return { crossesChains, success, outcome, warnings };
}
