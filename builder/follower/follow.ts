import type { Address } from "viem";
import { Journal } from "../evm/journal.ts";
import { effectiveVisits, type LocatedVisit } from "../execution/check.ts";
import type { BatchContext, L1Inclusion, RollupMachine } from "../kinds/kind.ts";
import type { L1Client } from "../l1/client.ts";
import type { Head } from "../l1/head.ts";
import { readGenesisRoot } from "../l1/registration.ts";
import { hashAction } from "../protocol/action.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import { type ConsumedExecution, readHistory } from "./history.ts";

/** Replaying what L1 says does not lead to the root that L1 says: L1's data, the kind or the durable state is wrong. */
export class StateDivergedError extends LockstepError {
  constructor(rollup: ChainId, reason: string) {
    super("STATE_DIVERGED", `rollup ${rollup.toString()} cannot be followed from L1: ${reason}`);
  }
}

export interface FollowerOptions {
  readonly l1: L1Client;
  readonly manager: Address;
  readonly l1ChainId: bigint;
  /** Block in which `Rollups` was deployed, or an earlier one. */
  readonly firstBlock: bigint;
}

/** A visit that took effect, as it has to be replayed. */
interface PastVisit extends LocatedVisit {
  readonly timestamp: bigint;
  readonly at: L1Inclusion;
}

/**
 * Brings rollups to the state that L1 says they have, from L1's data alone: after batches of whoever posted them, after a
 * restart, and after a reorganisation, when it goes back to a state that both histories share.
 */
export class Follower {
  readonly #options: FollowerOptions;
  /** Up to here history was followed; from here the next look starts if the block is still L1's. */
  #followed: { readonly number: bigint; readonly hash: string } | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** @throws {StateDivergedError}, and what reading L1 throws; machines are then at some earlier state of theirs. */
  async follow(machines: ReadonlyMap<ChainId, RollupMachine>, head: Head): Promise<void> {
    const behind = [...machines.values()].filter(
      (machine) => machine.stateRoot() !== head.rollups.get(machine.id)?.root,
    );
    if (behind.length > 0) {
      const recent = await this.#recentHistory(head);
      const full = once(() => this.#history(this.#options.firstBlock, head));
      for (const machine of behind) await this.#bring(machine, head, recent, full);
    }
    this.#followed = { number: head.number, hash: head.hash };
  }

  async #bring(
    machine: RollupMachine,
    head: Head,
    recent: readonly ConsumedExecution[],
    full: () => Promise<readonly ConsumedExecution[]>,
  ): Promise<void> {
    const target = head.rollups.get(machine.id)?.root;
    if (target === undefined) throw new StateDivergedError(machine.id, "L1 does not know it");
    const quick = continuation(visitsOf(machine.id, recent), machine.stateRoot());
    const visits = quick ?? (await this.#goBack(machine, visitsOf(machine.id, await full())));
    await this.#replay(machine, visits);
    if (machine.stateRoot() === target) return;
    throw new StateDivergedError(machine.id, `its root is ${machine.stateRoot()}, L1 says ${target}`);
  }

  /** Rewinds the machine to the latest state that history knows. @returns what came after it. */
  async #goBack(machine: RollupMachine, visits: readonly PastVisit[]): Promise<readonly PastVisit[]> {
    const ahead = continuation(visits, machine.stateRoot());
    if (ahead !== undefined) return ahead;
    for (let count = visits.length; count >= 0; count--) {
      const root = rootAfter(visits, count) ?? (await this.#genesisOf(machine.id));
      try {
        await machine.rewind(root);
        return visits.slice(count);
      } catch (error) {
        if (!(error instanceof LockstepError) || error.code !== "UNKNOWN_ROOT") throw error;
      }
    }
    throw new StateDivergedError(
      machine.id,
      "its durable state shares no root with L1's history; delete it to rebuild",
    );
  }

  async #replay(machine: RollupMachine, visits: readonly PastVisit[]): Promise<void> {
    for (const [index, visit] of visits.entries()) {
      await this.#replayVisit(machine, visit);
      if (visits[index + 1]?.at.blockNumber !== visit.at.blockNumber) await machine.persist();
    }
  }

  async #replayVisit(machine: RollupMachine, visit: PastVisit): Promise<void> {
    const { l1ChainId, manager } = this.#options;
    const context: BatchContext = { l1ChainId, rollups: manager, timestamp: visit.timestamp };
    // Nothing of the past is undone, but machines undo frames of theirs.
    const journal = new Journal([machine]);
    for (let at = 0; at < visit.actions.length; at += 2) {
      const [given, answer] = [visit.actions[at], visit.actions[at + 1]];
      if (given === undefined || answer === undefined)
        throw new StateDivergedError(machine.id, "half a visit");
      const { action, visit: completed } = await machine.deliver(given, context, journal);
      if (hashAction(action) !== hashAction(answer)) {
        throw new StateDivergedError(machine.id, "it answers an action otherwise than L1 says");
      }
      if (completed !== undefined) machine.include(completed, visit.at);
    }
    if (machine.stateRoot() !== visit.rootAfter) {
      throw new StateDivergedError(
        machine.id,
        `a visit leads to ${machine.stateRoot()} instead of ${visit.rootAfter}`,
      );
    }
  }

  async #recentHistory(head: Head): Promise<readonly ConsumedExecution[]> {
    const followed = this.#followed;
    if (followed === undefined || followed.number > head.number) return [];
    const { hash } = await this.#options.l1.getBlock({ blockNumber: followed.number });
    return hash === followed.hash ? await this.#history(followed.number + 1n, head) : [];
  }

  async #history(from: bigint, head: Head): Promise<readonly ConsumedExecution[]> {
    return await readHistory(this.#options.l1, this.#options.manager, from, head.number);
  }

  async #genesisOf(rollup: ChainId): Promise<StateRoot> {
    const { l1, manager, firstBlock } = this.#options;
    return await readGenesisRoot(l1, manager, rollup, firstBlock);
  }
}

/** The visits from the last one that starts at `root`; nothing if none does and visits are missing. */
function continuation(visits: readonly PastVisit[], root: StateRoot): readonly PastVisit[] | undefined {
  const start = visits.findLastIndex(({ rootBefore }) => rootBefore === root);
  return start < 0 ? undefined : visits.slice(start);
}

/** Root after the first `count` visits, if visits tell. */
function rootAfter(visits: readonly PastVisit[], count: number): StateRoot | undefined {
  return count === 0 ? visits[0]?.rootBefore : visits[count - 1]?.rootAfter;
}

function visitsOf(rollup: ChainId, history: readonly ConsumedExecution[]): PastVisit[] {
  return history.flatMap(({ execution, ending, timestamp, blockNumber, blockHash, transaction }) =>
    effectiveVisits(execution, ending)
      .filter((visit) => visit.rollup === rollup)
      .map((visit) => ({ ...visit, timestamp, at: { blockNumber, blockHash, transaction } })),
  );
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
