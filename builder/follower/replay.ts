import type { Hex } from "viem";
import type { Journal } from "../evm/journal.ts";
import { effectiveVisits, type LocatedVisit } from "../protocol/execution/check.ts";
import type { CompletedVisit, L1Inclusion, RollupMachine } from "../kinds/kind.ts";
import { type Action, ActionKind, hashAction } from "../protocol/action.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import { type Consumption, type HistoryEntry } from "../l1/history.ts";

/**
 * Replaying what L1 says does not lead to the root that L1 says: L1's data, the kind or the durable state is
 * wrong.
 */
export class StateDivergedError extends LockstepError {
  constructor(rollup: ChainId, reason: string) {
    super("STATE_DIVERGED", `rollup ${rollup.toString()} cannot be followed from L1: ${reason}`);
  }
}

/** A visit that took effect, as it has to be replayed. */
export interface PastVisit extends LocatedVisit {
  readonly timestamp: bigint;
  readonly at: L1Inclusion;
  /** What L1 said of it. */
  readonly consumption: Consumption;
}

/** Something took effect on a rollup that cannot be read. */
export interface UnreadableVisit {
  readonly consumption: Consumption;
  readonly fault: LockstepError;
}

/** What L1 says that a rollup did, in order. */
export function visitsOf(rollup: ChainId, history: readonly HistoryEntry[]): (PastVisit | UnreadableVisit)[] {
  return history.flatMap(({ at: consumption, rollups, content }): (PastVisit | UnreadableVisit)[] => {
    if (!rollups.has(rollup)) return [];
    if (content instanceof LockstepError) return [{ consumption, fault: content }];
    const { execution, ending, timestamp, blockNumber, blockHash, transaction } = content;
    // What does not visit the rollup is not the rollup's matter, whatever is wrong with it.
    if (execution.visits.every((visit) => visit.rollup !== rollup)) return [];
    try {
      return effectiveVisits(execution, ending)
        .filter((visit) => visit.rollup === rollup)
        .map((visit) => ({ ...visit, timestamp, consumption, at: { blockNumber, blockHash, transaction } }));
    } catch (error) {
      if (error instanceof LockstepError) return [{ consumption, fault: error }];
      throw error;
    }
  });
}

/** EVM chain id of L1, and the address of `Rollups`. */
export interface L1Context {
  readonly l1ChainId: bigint;
  readonly manager: Hex;
}

/** A transaction of a visit that took effect (docs/spec.md section 1, "Joint executions"), or all of one. */
export interface PastTransaction {
  readonly actions: readonly Action[];
  readonly timestamp: bigint;
  /** Where L1 says that it leads; nothing if others of its visit follow. */
  readonly rootAfter: StateRoot | undefined;
}

/** What has to be replayed of a visit, one after the other. */
export function transactionsIn({ actions, timestamp, rootAfter }: PastVisit): PastTransaction[] {
  const isJoint = actions[2]?.kind === ActionKind.L2TX;
  if (!isJoint) return [{ actions, timestamp, rootAfter }];
  const starts = actions.flatMap(({ kind }, at) => (kind === ActionKind.L2TX ? [at] : []));
  return starts.map((start, number) => {
    const end = starts[number + 1];
    return {
      actions: actions.slice(start, end),
      timestamp,
      rootAfter: end === undefined ? rootAfter : undefined,
    };
  });
}

/**
 * Has a machine do again what it did by L1.
 * @param journal of the machine: what it did until it throws can be undone there.
 * @returns the visit, as the machine remembers it.
 * @throws {StateDivergedError} or what the machine throws.
 */
export async function replayTransaction(
  machine: RollupMachine,
  { actions, timestamp, rootAfter }: PastTransaction,
  { l1ChainId, manager }: L1Context,
  journal: Journal,
): Promise<CompletedVisit> {
  const context = { l1ChainId, manager, timestamp };
  let completed: CompletedVisit | undefined;
  for (let at = 0; at < actions.length; at += 2) {
    const [given, answer] = [actions[at], actions[at + 1]];
    if (given === undefined || answer === undefined || completed !== undefined)
      throw new StateDivergedError(machine.id, "half a visit");
    const delivery = await machine.deliver(given, context, journal);
    if (hashAction(delivery.action) !== hashAction(answer))
      throw new StateDivergedError(machine.id, "it answers an action otherwise than L1 says");
    completed = delivery.visit;
  }
  if (completed === undefined) throw new StateDivergedError(machine.id, "half a visit");
  if (rootAfter !== undefined && machine.stateRoot() !== rootAfter)
    throw new StateDivergedError(
      machine.id,
      `a visit leads to ${machine.stateRoot()} instead of ${rootAfter}`,
    );
  return completed;
}
