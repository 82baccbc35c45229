import { concatHex, type Hex, keccak256 } from "viem";
import { hashExecution, rootHex } from "../execution/encoding.ts";
import { type RecordedExecution, type RecordedVisit, toExecution } from "../execution/recorded.ts";
import { type Action, ActionKind, hashAction } from "../protocol/action.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import type { Journal, JournalFollower } from "./journal.ts";
import { SimulationRefusedError } from "./refusal.ts";

/** An execution that is being recorded. */
export class OpenExecution {
  readonly actions: Action[] = [];
  /** Visits in the order in which they begin; a place stays empty until its visit ends. */
  readonly visits: (RecordedVisit | undefined)[] = [];
  readonly #running = new Map<ChainId, number>();

  hasVisited(rollup: ChainId): boolean {
    return this.isVisiting(rollup) || this.visits.some((visit) => visit?.rollup === rollup);
  }

  isVisiting(rollup: ChainId): boolean {
    return this.#running.has(rollup);
  }

  beginVisit(rollup: ChainId): void {
    this.#running.set(rollup, this.visits.push(undefined) - 1);
  }

  endVisit(visit: RecordedVisit): void {
    const place = this.#running.get(visit.rollup);
    if (place === undefined) throw new Error(`rollup ${visit.rollup} ended a visit that it had not begun`);
    this.#running.delete(visit.rollup);
    this.visits[place] = visit;
  }

  finish(): RecordedExecution {
    const visits = this.visits.filter((visit) => visit !== undefined);
    if (visits.length !== this.visits.length) throw new Error("an execution ended while a visit was open");
    return { actions: this.actions, visits };
  }
}

/** One line of the table as L1 will have it. */
interface Entry {
  readonly open: OpenExecution;
  done?: { readonly execution: RecordedExecution; readonly hash: Hex };
}

/**
 * Everything that crossed the border between L1 and the rollups. What was recorded stays even if L1 undoes the frame that
 * caused it: the answer influenced L1, so it has to be proven. Which entries L1 has consumed is undone with the frame,
 * so that a call repeated after a revert finds the entry of its first time, as it will on L1.
 */
export class Trace implements JournalFollower {
  readonly #entries: Entry[] = [];
  /** Entries of consumable executions by their key on L1, in the order in which they are posted. */
  readonly #byKey = new Map<Hex, Entry[]>();
  readonly #consumed = new Set<Entry>();
  readonly #levels: { readonly open: OpenExecution | undefined; readonly actions: number }[] = [];
  #open: OpenExecution | undefined;
  /** A transaction failed and its levels are being reverted. */
  #unwinding = false;
  #triggers = 0;

  /** The execution in which L1 waits for an answer now. */
  get open(): OpenExecution | undefined {
    return this.#open;
  }

  /** How often an execution was begun; a repeated one counts again. */
  get triggers(): number {
    return this.#triggers;
  }

  /** Whether the batch will hold a visit of the rollup. */
  hasVisited(rollup: ChainId): boolean {
    return this.#entries.some(({ open }) => open.hasVisited(rollup));
  }

  /** Number of executions recorded so far. */
  get count(): number {
    return this.#entries.length;
  }

  /** Executions to be posted, in the order in which they were begun. */
  executions(): RecordedExecution[] {
    return this.#entries.map(({ done }) => {
      if (done === undefined) throw new Error("an execution is still open");
      return done.execution;
    });
  }

  /**
   * Records one execution while `play` runs it.
   * @param rootOf current root of a rollup.
   */
  async record<Result>(
    trigger: Action,
    rootOf: (rollup: ChainId) => StateRoot,
    journal: Journal,
    play: (open: OpenExecution) => Promise<Result>,
  ): Promise<Result> {
    this.#triggers++;
    const entry: Entry = { open: new OpenExecution() };
    const waiting = this.#open;
    this.#entries.push(entry);
    const expected =
      trigger.kind === ActionKind.CALL ? this.#claim(trigger, rootOf, entry, journal) : undefined;
    this.#open = entry.open;
    const result = await play(entry.open);
    this.#open = waiting;

    const execution = entry.open.finish();
    const hash = hashExecution(toExecution(execution));
    entry.done = { execution, hash };
    if (expected === undefined) return result;
    this.#entries.splice(this.#entries.indexOf(entry), 1);
    if (expected.done?.hash !== hash) {
      const message = `a call to rollup ${trigger.to} that was undone is made again from the same state, but goes another way`;
      throw new SimulationRefusedError("AMBIGUOUS_EXECUTION", message);
    }
    return result;
  }

  checkpoint(): void {
    this.#levels.push({ open: this.#open, actions: this.#open?.actions.length ?? 0 });
  }

  commit(): void {
    this.#levels.pop();
  }

  /** @throws {SimulationRefusedError} `UNDONE_CROSS_CHAIN_CALL` when a part of an open execution is undone. */
  revert(): void {
    const level = this.#levels.pop();
    if (this.#unwinding || level?.open === undefined) return;
    if (level.open.actions.length === level.actions) return;
    throw new SimulationRefusedError(
      "UNDONE_CROSS_CHAIN_CALL",
      "a call on L1 that a rollup waits for reverts after it called a rollup itself; this is not supported yet",
    );
  }

  /** A transaction cannot be played: forgets all executions but the first `count`. Its levels are to be reverted next. */
  abandon(count: number): void {
    this.#unwinding = true;
    this.#open = undefined;
    const dropped = new Set(this.#entries.splice(count));
    for (const [key, entries] of this.#byKey) {
      this.#byKey.set(
        key,
        entries.filter((entry) => !dropped.has(entry)),
      );
    }
  }

  /** The levels of a failed transaction have been reverted. */
  resume(): void {
    this.#unwinding = false;
  }

  /** Looks the trigger up as L1 does. @returns the entry that L1 will find, or nothing if `entry` is the one. */
  #claim(
    trigger: Action,
    rootOf: (rollup: ChainId) => StateRoot,
    entry: Entry,
    journal: Journal,
  ): Entry | undefined {
    const key = keccak256(concatHex([hashAction(trigger), rootHex(rootOf(trigger.to))]));
    const posted = this.#byKey.get(key) ?? [];
    this.#byKey.set(key, posted);
    const found = posted.find((candidate) => !this.#consumed.has(candidate) && startsHere(candidate, rootOf));
    const taken = found ?? entry;
    if (found === undefined) posted.push(entry);
    if (!trigger.isStatic) {
      this.#consumed.add(taken);
      journal.record(() => this.#consumed.delete(taken));
    }
    return found;
  }
}

/** Whether every rollup is at the root from which its first visit in the entry starts. */
function startsHere({ done }: Entry, rootOf: (rollup: ChainId) => StateRoot): boolean {
  const seen = new Set<ChainId>();
  return (done?.execution.visits ?? []).every(({ rollup, completed }) => {
    if (seen.has(rollup)) return true;
    seen.add(rollup);
    return rootOf(rollup) === completed.rootBefore;
  });
}
