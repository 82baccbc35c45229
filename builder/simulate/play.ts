import type { Address } from "viem";
import { LockstepError } from "../protocol/errors.ts";
import { type TransactionOutcome, TransactionRevertedError } from "./outcome.ts";
import type { Simulation } from "./simulation.ts";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import { checkSender } from "../intake/check.ts";
import { decodeTransaction } from "../intake/decode.ts";

export interface PlayOptions {
  readonly l1ChainId: bigint;
  readonly baseFeePerGas: bigint;
  /** Account that will post the batch. */
  readonly origin: Address;
}

/** What a transaction that can be included does. */
export interface Effect {
  readonly crossesChains: boolean;
  readonly success: boolean;
  /** Of a transaction of L1; one signed for a rollup is part of the batch. */
  readonly outcome?: TransactionOutcome;
}

/** What became of a transaction in a simulation. */
export type Played =
  | ({ readonly transaction: AcceptedTransaction } & Effect)
  | { readonly transaction: AcceptedTransaction; readonly failure: LockstepError };

/**
 * Plays transactions as a block will: those of rollups first, then L1's in their order. One that fails is
 * left out, alone. A transaction of L1 that crosses no border is kept even if it reverts: L1 includes such
 * transactions.
 */
export async function playAll(
  simulation: Simulation,
  transactions: readonly AcceptedTransaction[],
  options: PlayOptions,
): Promise<Played[]> {
  const ordered = transactions.toSorted(
    (a, b) => Number(a.rollup === undefined) - Number(b.rollup === undefined),
  );
  const played: Played[] = [];
  for (const transaction of ordered) {
    try {
      played.push({ transaction, ...(await play(simulation, transaction, options)) });
    } catch (error) {
      if (!(error instanceof LockstepError)) throw error;
      played.push({ transaction, failure: error });
    }
  }
  return played;
}

/**
 * Plays one transaction.
 * @throws {LockstepError} that says why it cannot be included; it then left nothing behind.
 */
export async function play(
  simulation: Simulation,
  { rollup, data }: AcceptedTransaction,
  { l1ChainId, baseFeePerGas, origin }: PlayOptions,
): Promise<Effect> {
  if (rollup !== undefined) {
    await simulation.l2Transaction(rollup, data, origin);
    return { crossesChains: true, success: true };
  }
  const decoded = decodeTransaction(data, l1ChainId);
  checkSender(decoded, await simulation.sender(decoded.sender), baseFeePerGas);
  const outcome = await simulation.transaction(
    decoded.tx,
    ({ crossesChains, success, data: revert, failure }) => {
      if (crossesChains && !success) throw new TransactionRevertedError(revert, failure);
    },
  );
  return { crossesChains: outcome.crossesChains, success: outcome.success, outcome };
}
