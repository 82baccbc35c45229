import type { Hex } from "viem";
import { statementKey } from "../batch/prove.ts";
import type { Timings } from "../intake/accepted.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { Draft } from "./draft.ts";
import { type Group, overlap } from "./groups.ts";
import type { Proofs } from "./proofs.ts";
import { BackOff, type Present } from "./trouble.ts";

/** After so many changes of L1 a batch is proven with nothing else posted meanwhile. */
const PATIENCE = 2;

/** What a lane is for. */
export interface LaneBatch extends Group {
  /** Seconds. */
  readonly timestamp: bigint;
  /** Where the chains were when it was played. */
  readonly epoch: number;
  /** What it was played in, if that can be posted as it is. */
  readonly draft?: Draft;
}

/** A batch whose proofs are being made, apart from the batches of other rollups. */
export class Lane {
  trouble: Present | undefined;
  readonly backOff = new BackOff();
  /** What is being posted and has to come first: a lane's batch, or one that needed none. */
  behind: Lane | Draft | undefined;
  #batch: LaneBatch;
  /** How often it had to be proven anew. */
  #rounds = 0;
  #timings: Timings = {};
  #error: unknown;
  #isDone = false;
  readonly #cancel = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(batch: LaneBatch, behind?: Lane | Draft) {
    this.#batch = batch;
    this.behind = behind;
  }

  get batch(): LaneBatch {
    return this.#batch;
  }

  /** Whether its proofs are made, or cannot be made. */
  get isDone(): boolean {
    return this.#isDone && this.behind === undefined;
  }

  /** What kept its proofs from being made. */
  get error(): unknown {
    return this.#error;
  }

  get timings(): Timings {
    return this.#timings;
  }

  /** Whether it was overtaken so often that nothing may come in between any more. */
  get isUrgent(): boolean {
    return this.#rounds >= PATIENCE;
  }

  /** Resolves when it is done. */
  async settled(): Promise<void> {
    await this.#done;
  }

  /** Begins, or goes on with what has become of the batch. */
  prove(proofs: Proofs, batch = this.#batch): void {
    const known = new Set(this.#batch.visits.map(statementKey));
    if (batch.visits.some((visit) => !known.has(statementKey(visit)))) this.#rounds++;
    this.#batch = batch;
    this.#isDone = false;
    this.#error = undefined;
    const work = async (): Promise<void> => {
      try {
        this.#timings = await proofs.make(batch.visits, this.#cancel.signal);
      } catch (error) {
        this.#error = error;
      }
      this.#isDone = true;
    };
    this.#done = work();
  }

  /** Tries again in `milliseconds`. */
  rest(milliseconds: number): void {
    this.#isDone = false;
    this.#error = undefined;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, milliseconds, undefined);
    this.#cancel.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    this.#done = promise.then(() => {
      this.#isDone = true;
    });
  }

  /** Nothing waits for its proofs any more. */
  close(): void {
    this.#cancel.abort(new Error("the batch is taken apart"));
  }
}

/** The lanes that there are. */
export class Lanes {
  #lanes: Lane[] = [];

  get size(): number {
    return this.#lanes.length;
  }

  /** Whether one of them may not be overtaken any more. */
  get isUrgent(): boolean {
    return this.#lanes.some((lane) => lane.isUrgent);
  }

  /** What keeps one of them waiting. */
  get trouble(): Present | undefined {
    return this.#lanes.find(({ trouble }) => trouble !== undefined)?.trouble;
  }

  /** One that is done, the oldest first. */
  get done(): Lane | undefined {
    return this.#lanes.find(({ isDone }) => isDone);
  }

  has(hash: Hex): boolean {
    return this.#lanes.some(({ batch }) => batch.transactions.some((each) => each.hash === hash));
  }

  /** Whether another lane than `own` has one of the rollups. */
  isBusy(rollups: ReadonlySet<ChainId>, own?: Lane): boolean {
    return this.#lanes.some((lane) => lane !== own && overlap(lane.batch.rollups, rollups));
  }

  /** Lanes whose transactions may have to come before those of `own`: all but those behind it. */
  besides(own: Lane | undefined): readonly Lane[] {
    return this.#lanes.filter((lane) => own === undefined || (lane !== own && lane.behind !== own));
  }

  open(lane: Lane): void {
    this.#lanes.push(lane);
  }

  /** It is done with, and so are those behind it. */
  close(lane: Lane): void {
    this.#lanes = this.#lanes.filter((each) => each !== lane);
    lane.close();
    this.drop(lane);
  }

  /** What these come behind was posted as it was played. */
  release(first: Lane | Draft): void {
    for (const lane of this.#lanes) if (lane.behind === first) lane.behind = undefined;
  }

  /** What these come behind is no longer what it was. */
  drop(first: Lane | Draft): void {
    for (const lane of this.#lanes) if (lane.behind === first) this.close(lane);
  }

  /** Takes all apart: what their transactions wait for may have changed. */
  clear(): void {
    for (const lane of this.#lanes) this.close(lane);
  }

  /** Resolves when one is done. */
  async settled(): Promise<void> {
    await Promise.race(this.#lanes.map((lane) => lane.settled()));
  }
}

/** All of a draft, as one batch. */
export function wholeOf(draft: Draft): LaneBatch {
  const { served, plan, moment } = draft;
  return {
    transactions: served.map(({ transaction }) => transaction),
    rollups: new Set([
      ...served.flatMap(({ rollups }) => [...rollups]),
      ...plan.visits.map(({ rollup }) => rollup),
    ]),
    visits: plan.visits,
    timestamp: plan.context.timestamp,
    epoch: moment.epoch,
    draft,
  };
}
