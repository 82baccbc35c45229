import { setImmediate as breath } from "node:timers/promises";
import type { Address } from "viem";
import { Journal } from "../evm/journal.ts";
import type { CompletedVisit, RollupMachine } from "../kinds/kind.ts";
import type { L1Client } from "../l1/client.ts";
import type { Head } from "../l1/head.ts";
import { readGenesisRoot } from "../l1/registration.ts";
import { codeOf, LockstepError } from "../protocol/errors.ts";
import { type ChainId, L1, type StateRoot } from "../protocol/ids.ts";
import { type Consumption, type HistoryEntry, HistoryProgress, readHistory } from "../l1/history.ts";
import { FollowedStore } from "./followed-store.ts";
import {
  type UnreadableVisit,
  type PastVisit,
  replayTransaction,
  StateDivergedError,
  transactionsIn,
  visitsOf,
} from "./replay.ts";
import { RollupStoppedError, type StopPlace } from "./stopped.ts";

export interface FollowerOptions {
  readonly l1: L1Client;
  readonly manager: Address;
  readonly l1ChainId: bigint;
  /** Block in which `Rollups` was deployed, or an earlier one. */
  readonly firstBlock: bigint;
  /** Where it is remembered how far L1 was followed; without it the next process reads all of history. */
  readonly folder?: string | undefined;
}

/** A rollup that was stopped. */
interface Stopped {
  readonly error: RollupStoppedError;
  /** Hash of the head at which it was last tried. */
  readonly tried: string;
}

/**
 * Brings rollups to the state that L1 says they have, from L1's data alone: after batches of any account,
 * after a restart, and after a reorganisation, when it goes back to a state that both histories share. A
 * rollup that cannot be followed is stopped, alone: what an account puts on L1 must stop neither the other
 * rollups nor the process.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #stopped = new Map<ChainId, Stopped>();
  /** Of reads of history that failed. */
  readonly #progress = { recent: new HistoryProgress(), full: new HistoryProgress() };
  /** Up to here history was followed; from here the next look starts if the block is still L1's. */
  #followed: { readonly number: bigint; readonly hash: string } | undefined;
  readonly #store: FollowedStore;
  #isRecalled = false;
  #isContinued = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#store = new FollowedStore(options.folder);
  }

  /** Whether L1's history goes on from where an earlier process had followed it to. */
  get isContinued(): boolean {
    return this.#isContinued;
  }

  /**
   * @returns the rollups that cannot be followed, each at some earlier durable state of its.
   * @throws what reading L1 throws; machines are then at some earlier state of theirs.
   */
  async follow(
    machines: ReadonlyMap<ChainId, RollupMachine>,
    head: Head,
  ): Promise<ReadonlyMap<ChainId, RollupStoppedError>> {
    const isFirst = !this.#isRecalled;
    if (isFirst) await this.#recall(machines, head);
    const behind: RollupMachine[] = [];
    for (const machine of machines.values()) {
      if (machine.stateRoot() === head.rollups.get(machine.id)?.root) this.#stopped.delete(machine.id);
      else if (!(await this.#staysStopped(machine.id, head))) behind.push(machine);
    }
    if (behind.length > 0) {
      const ids = [...machines.keys()];
      const recent = await this.#recentHistory(ids, head);
      const full = once(() => this.#history("full", ids, this.#options.firstBlock, head));
      for (const machine of behind) {
        const error = await this.#advance(machine, head, recent, full);
        if (error === undefined) this.#stopped.delete(machine.id);
        else this.#stopped.set(machine.id, { error, tried: head.hash });
      }
    }
    this.#followed = { number: head.number, hash: head.hash };
    if (behind.length > 0 || isFirst) {
      const roots = new Map([...machines].map(([id, machine]) => [id, machine.stateRoot()]));
      await this.#store.save({ ...this.#followed, hash: head.hash, roots });
    }
    return new Map([...this.#stopped].map(([rollup, { error }]) => [rollup, error]));
  }

  /** How far an earlier process came, if the rollups are where it left them. */
  async #recall(machines: ReadonlyMap<ChainId, RollupMachine>, head: Head): Promise<void> {
    const followed = await this.#store.load();
    if (followed !== undefined && followed.number <= head.number) {
      const { hash } = await this.#options.l1.getBlock({ blockNumber: followed.number });
      this.#isContinued = hash === followed.hash;
      const isWhereLeft = [...machines.values()].every(
        (machine) => followed.roots.get(machine.id) === machine.stateRoot(),
      );
      if (isWhereLeft) this.#followed = followed;
    }
    this.#isRecalled = true;
  }

  /** Whether there is no point in trying again what stopped the rollup. */
  async #staysStopped(rollup: ChainId, head: Head): Promise<boolean> {
    const stopped = this.#stopped.get(rollup);
    if (stopped === undefined) return false;
    if (stopped.tried === head.hash) return true;
    const { at, code } = stopped.error.stop;
    // It may be found by now.
    if (at === undefined || code === "BATCH_CONTENT_MISSING") return false;
    if (at.blockNumber > head.number) return false;
    const { hash } = await this.#options.l1.getBlock({ blockNumber: at.blockNumber });
    return hash === at.blockHash;
  }

  /**
   * @returns why it could not, with the machine at a durable state.
   * @throws what reading L1 throws.
   */
  async #advance(
    machine: RollupMachine,
    head: Head,
    recent: readonly HistoryEntry[],
    full: () => Promise<readonly HistoryEntry[]>,
  ): Promise<RollupStoppedError | undefined> {
    const { id } = machine;
    try {
      const target = head.rollups.get(id)?.root;
      if (target === undefined) throw new StateDivergedError(id, "L1 knows no root of it");
      const quick = continuation(visitsOf(id, recent), machine.stateRoot());
      const visits = quick ?? (await this.#goBack(machine, full));
      await this.#replay(machine, visits);
      if (machine.stateRoot() === target) return undefined;
      throw new StateDivergedError(id, `its root is ${machine.stateRoot()}, L1 says ${target}`);
    } catch (error) {
      if (error instanceof ReadingFailed) throw error.cause;
      const { cause, consumption } = error instanceof ReplayFailed ? error : { cause: error };
      return stoppedBy(machine, cause, consumption);
    }
  }

  /**
   * Rewinds the machine to the latest state that history knows.
   * @returns what came after it.
   */
  async #goBack(
    machine: RollupMachine,
    full: () => Promise<readonly HistoryEntry[]>,
  ): Promise<readonly (PastVisit | UnreadableVisit)[]> {
    const visits = visitsOf(machine.id, await reading(full));
    const ahead = continuation(visits, machine.stateRoot());
    if (ahead !== undefined) return ahead;
    for (let count = visits.length; count >= 0; count--) {
      const root = count === 0 ? await reading(() => this.#genesisOf(machine.id)) : rootAfter(visits, count);
      if (root === undefined) continue;
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

  /** @throws {ReplayFailed} with the machine at the latest state that it made durable. */
  async #replay(machine: RollupMachine, visits: readonly (PastVisit | UnreadableVisit)[]): Promise<void> {
    let durable = machine.stateRoot();
    for (const [index, visit] of visits.entries()) {
      // Requests that need no rollup are not kept waiting until all is followed.
      await breath();
      const journal = new Journal([machine]);
      try {
        if ("fault" in visit) throw visit.fault;
        journal.checkpoint(L1);
        const completed: CompletedVisit[] = [];
        for (const transaction of transactionsIn(visit))
          completed.push(await replayTransaction(machine, transaction, this.#options, journal));
        journal.commit();
        for (const each of completed) machine.include(each, visit.at);
        if (visits[index + 1]?.consumption.blockNumber === visit.consumption.blockNumber) continue;
        await machine.persist();
        durable = machine.stateRoot();
      } catch (cause) {
        journal.unwind(0);
        await this.#rewind(machine, durable);
        throw new ReplayFailed(cause, visit.consumption);
      }
    }
  }

  /**
   * What the machine did since it was durable is forgotten: part of a block of L1's is no state that L1 ever
   * had.
   */
  async #rewind(machine: RollupMachine, durable: StateRoot): Promise<void> {
    // If even that fails, the machine is not used again before it was brought somewhere; the first failure is
    // the one to tell.
    await machine.rewind(durable).catch(() => undefined);
  }

  async #recentHistory(ids: readonly ChainId[], head: Head): Promise<readonly HistoryEntry[]> {
    const followed = this.#followed;
    if (followed === undefined || followed.number > head.number) return [];
    const { hash } = await this.#options.l1.getBlock({ blockNumber: followed.number });
    return hash === followed.hash ? await this.#history("recent", ids, followed.number + 1n, head) : [];
  }

  async #history(
    part: "recent" | "full",
    ids: readonly ChainId[],
    from: bigint,
    head: Head,
  ): Promise<readonly HistoryEntry[]> {
    const { l1, manager } = this.#options;
    return await readHistory(l1, manager, ids, from, head.number, this.#progress[part]);
  }

  async #genesisOf(rollup: ChainId): Promise<StateRoot> {
    const { l1, manager, firstBlock } = this.#options;
    return await readGenesisRoot(l1, manager, rollup, firstBlock);
  }
}

/** Reading L1 failed: nothing that a rollup could be stopped for. */
class ReadingFailed extends Error {}

/** What a rollup did by L1 cannot be replayed. */
class ReplayFailed extends Error {
  readonly consumption: Consumption;

  constructor(cause: unknown, consumption: Consumption) {
    super("not followed", { cause });
    this.consumption = consumption;
  }
}

async function reading<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    throw new ReadingFailed("L1 cannot be read", { cause });
  }
}

function stoppedBy(
  machine: RollupMachine,
  cause: unknown,
  consumption: Consumption | undefined,
): RollupStoppedError {
  const at: StopPlace | undefined = consumption && {
    blockNumber: consumption.blockNumber,
    blockHash: consumption.blockHash,
    batch: consumption.batch,
    execution: consumption.execution,
  };
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  const { id: rollup } = machine;
  return new RollupStoppedError(
    { rollup, root: machine.stateRoot(), code, reason, ...(at && { at }) },
    { cause },
  );
}

/** The visits from the last one that starts at `root`; nothing if none does and visits are missing. */
function continuation(
  visits: readonly (PastVisit | UnreadableVisit)[],
  root: StateRoot,
): readonly (PastVisit | UnreadableVisit)[] | undefined {
  const start = visits.findLastIndex((visit) => "rootBefore" in visit && visit.rootBefore === root);
  return start < 0 ? undefined : visits.slice(start);
}

/** Root after the first `count` visits, if visits tell. */
function rootAfter(visits: readonly (PastVisit | UnreadableVisit)[], count: number): StateRoot | undefined {
  const visit = visits[count - 1];
  return visit !== undefined && "rootAfter" in visit ? visit.rootAfter : undefined;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
