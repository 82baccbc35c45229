import { setTimeout as sleep } from "node:timers/promises";
import { statementKey } from "../batch/prove.ts";
import type { AcceptedTransaction, Timings } from "../intake/accepted.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import type { RollupKind } from "../kinds/kind.ts";
import { codeOf } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { HeldChains } from "./chains.ts";
import { type Draft, isLeftOut } from "./draft.ts";
import { groupsOf, overlap } from "./groups.ts";
import { Lane, type LaneBatch, Lanes, wholeOf } from "./lanes.ts";
import type { PendingSimulation } from "./pending.ts";
import { Posting, type PostingOptions } from "./posting.ts";
import { Prerequisites } from "./prerequisites.ts";
import type { Present } from "./trouble.ts";
import { Verdicts } from "./verdicts.ts";
import { Waiting } from "./waiting.ts";

export interface ProducerOptions extends PostingOptions {
  /** `MAX_BATCH_AGE` of the contract, seconds. */
  readonly maxBatchAge: bigint;
  readonly queue: TransactionQueue;
  readonly pending: PendingSimulation;
  /**
   * Takes up what was interrupted: nothing half done stays on L1, and what L1 holds already is no longer
   * waiting.
   * @throws what reading L1 throws.
   */
  readonly recover: () => Promise<void>;
  /** Who signed a transaction, on which chain; nothing if its kind cannot tell. */
  readonly signerOf: (transaction: AcceptedTransaction) => string | undefined;
  readonly kindOf: (rollup: ChainId) => RollupKind;
  /** Whether visits of the rollup are proven. */
  readonly isProven: (rollup: ChainId) => boolean;
  /** For how long a transaction may wait for what another block may bring, milliseconds. */
  readonly lifetime: number;
}

/**
 * How much earlier than by the node's clock a block may be made, seconds: it is the one that was played in.
 */
const LATEST = 12n;
/** How often blocks of others may come first before they are waited for. */
const HURRY = 8;
/** What is proven faster than this is not begun before its turn: it would only make batches small. */
const WORTH_IT = 50;
/** How often something is looked for that may be done by now, milliseconds. */
const LOOK = 50;

/**
 * Takes transactions through simulation, proof and inclusion. What provers take their time for is proven in
 * lanes, side by side; batches are posted one after the other, each on the head that it was played on.
 */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #posting: Posting;
  readonly #prerequisites: Prerequisites;
  readonly #lanes = new Lanes();
  readonly #waiting: Waiting;
  readonly #verdicts: Verdicts;
  /** Something may stand on L1 that is not noted. */
  #isUnsure = false;
  #isReorganised = false;
  #current: Promise<unknown> = Promise.resolve();
  /** What proofs took last, milliseconds. */
  #proofTime = 0;
  #woken = Promise.withResolvers<undefined>();

  constructor(options: ProducerOptions) {
    this.#options = options;
    this.#posting = new Posting(options);
    this.#prerequisites = new Prerequisites(options);
    this.#waiting = new Waiting(options, this.#lanes);
    this.#verdicts = new Verdicts(options, this.#waiting, this.#lanes, () => this.#lookAtL1());
  }

  /** What keeps transactions waiting, if anything does. */
  get trouble(): Present | undefined {
    return this.#verdicts.trouble;
  }

  /** How many transactions of L1 a batch may have behind it. */
  get mostOfL1(): number {
    return this.#posting.mostOfL1;
  }

  /** Resolves when no block is being made whose fate is not noted yet. */
  async settled(): Promise<void> {
    await this.#current;
  }

  /** L1 has another history. */
  reorganised(): void {
    this.#isUnsure = true;
    this.#isReorganised = true;
    this.#options.queue.nudge();
    this.wake();
  }

  /** There is something new to do. */
  wake(): void {
    this.#woken.resolve(undefined);
  }

  /** Works until `signal` ends it. What waits then is kept. */
  async work(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#workOn(signal);
    } finally {
      this.#lanes.clear();
      await this.#options.proofs.close();
    }
  }

  async #workOn(signal: AbortSignal): Promise<void> {
    const { queue, pending } = this.#options;
    let batch: readonly AcceptedTransaction[] = [];
    let lane: Lane | undefined;
    try {
      this.#woken = Promise.withResolvers();
      if (this.#isReorganised) {
        this.#lanes.clear();
        this.#prerequisites.forget();
      }
      this.#isReorganised = false;
      if (this.#isUnsure) await this.#lookAtL1();
      if (queue.size === 0) {
        this.#lanes.clear();
        pending.rest();
        this.#verdicts.calm();
        await queue.waitForWork(signal);
        return;
      }
      lane = this.#lanes.done;
      batch = lane === undefined ? this.#waiting.choose() : this.#waiting.still(lane.batch.transactions);
      if (lane !== undefined) await this.#finish(lane, batch, signal);
      else if (batch.length > 0) await this.#produce(batch, signal);
      else await this.#rest(signal);
      if (batch.length > 0) this.#verdicts.calm();
    } catch (error) {
      if (!signal.aborted) await this.#verdicts.meet(error, batch, signal, lane);
    }
  }

  /** Until something may be done. */
  async #rest(signal: AbortSignal): Promise<void> {
    const end = new AbortController();
    const ends = AbortSignal.any([signal, end.signal]);
    const time = sleep(LOOK, undefined, { signal: ends });
    const lane = this.#lanes.size === 0 ? [] : [this.#lanes.settled()];
    try {
      await Promise.race([time, this.#woken.promise, ...lane]);
    } finally {
      end.abort();
      await time.catch(() => undefined);
    }
  }

  async #lookAtL1(): Promise<void> {
    // What comes to light meanwhile is looked at again.
    this.#isUnsure = false;
    try {
      await this.#options.recover();
    } catch (error) {
      this.#isUnsure = true;
      throw error;
    }
  }

  /** The lane's proofs are made. */
  async #finish(lane: Lane, batch: readonly AcceptedTransaction[], signal: AbortSignal): Promise<void> {
    const { error } = lane;
    const isLate = codeOf(error) === "FORGOTTEN_MOMENT" && lane.batch.epoch !== this.#options.chains.epoch;
    if (error !== undefined && !isLate) {
      await this.#verdicts.meet(error, batch, signal, lane);
      return;
    }
    this.#proofTime = lane.timings.prove ?? this.#proofTime;
    if (batch.length === 0) this.#lanes.close(lane);
    else await this.#produce(batch, signal, lane);
  }

  /**
   * One batch, until it is on L1, or is being proven.
   * @param lane in which it was proven.
   * @throws what keeps it from there.
   */
  async #produce(batch: readonly AcceptedTransaction[], signal: AbortSignal, lane?: Lane): Promise<void> {
    const { pending, proofs, queue, chains } = this.#options;
    let anew = -1;
    let transactions = batch;
    let timings: Timings = lane?.timings ?? {};
    const known = lane?.batch.draft;
    const isWhole = known?.served.length === batch.length;
    let ready = isWhole && isSame(known.moment, await chains.look()) ? known : undefined;
    let timestamp = lane === undefined ? undefined : this.#keptTime(lane.batch, await chains.look());
    for (let round = 0; ; round++) {
      signal.throwIfAborted();
      if (round > HURRY) await sleep(LOOK * Math.random(), undefined, { signal });
      const draft = ready ?? (await pending.draft(transactions, timestamp));
      const isNew = ready === undefined;
      ready = undefined;
      if (timestamp !== undefined && draft.failed.some(({ failure }) => failure.code === "TIME_GOES_BACK")) {
        // One visits another rollup than when it was played last.
        timestamp = undefined;
        continue;
      }
      if (isNew && draft.failed.length > 0) {
        // A node that does not tell when its state changes without a block may have done so.
        if (draft.moment.head.stateRoot === undefined && draft.moment.epoch !== anew) {
          await chains.readAnew();
          anew = chains.epoch;
          continue;
        }
        // It may stand on L1 already, in a batch of another account's.
        await this.#lookAtL1();
        const served = draft.served.map(({ transaction }) => transaction);
        for (const { transaction, failure } of draft.failed)
          await this.#verdicts.refuse(transaction, failure, lane, served);
      }
      const free = this.#apart(draft, lane);
      if (free.length === 0) {
        if (lane !== undefined) this.#lanes.close(lane);
        return;
      }
      if (free.length < draft.served.length) {
        transactions = free;
        continue;
      }
      if (isLeftOut(transactions[0], draft)) {
        // Younger ones, which come first in a block, leave the oldest no room.
        transactions = oldestHalf(transactions);
        continue;
      }
      transactions = free;
      const { visits } = draft.plan;
      if (await this.#prerequisites.meet(visits, signal)) {
        timestamp = this.#keptTime(wholeOf(draft), await chains.look());
        continue;
      }
      const isMissing = !proofs.hasAll(visits);
      if (isMissing && (round > 0 || lane !== undefined)) this.#tellChanged(transactions);
      if (isMissing || (round === 0 && lane === undefined)) this.#tellSimulated(draft, transactions);
      queue.proving(transactions);
      if (proofs.needsProver(visits)) {
        // One alone is not refused by an upper bound.
        if (transactions.length > 1) await this.#posting.assertFits(draft);
        if (lane !== undefined) {
          this.#lanes.drop(lane);
          lane.prove(proofs, wholeOf(draft));
          return;
        }
        transactions = this.#openLanes(draft);
        if (transactions.length === 0) return;
        timestamp = undefined;
        continue;
      }
      if (lane !== undefined) lane.trouble = undefined;
      if (isMissing) timings = await proofs.make(visits, signal);
      signal.throwIfAborted();
      if (isSame(draft.moment, await chains.look())) {
        const posted = this.#post(draft, { ...timings, simulate: draft.milliseconds }, lane);
        this.#current = posted.catch(() => undefined);
        if (await posted) {
          if (lane !== undefined) this.#lanes.close(lane);
          return;
        }
      }
      timestamp = this.#keptTime(wholeOf(draft), await chains.look());
    }
  }

  /** Those of a draft that share no rollup with a lane, and follow none of their signer's that does. */
  #apart({ served }: Draft, own: Lane | undefined): readonly AcceptedTransaction[] {
    const taken = this.#lanes.besides(own).flatMap(({ batch }) => [...batch.rollups]);
    const busy = new Set(taken);
    const blocked = new Set<string>();
    return served.flatMap(({ transaction, rollups }) => {
      const signer = this.#options.signerOf(transaction);
      const isFree = !overlap(busy, rollups) && (signer === undefined || !blocked.has(signer));
      if (!isFree && signer !== undefined) blocked.add(signer);
      return isFree ? [transaction] : [];
    });
  }

  /**
   * Has what takes provers their time proven by itself.
   * @returns the others.
   */
  #openLanes(draft: Draft): readonly AcceptedTransaction[] {
    const { proofs, signerOf } = this.#options;
    const groups = groupsOf(draft, signerOf);
    const slow = groups.filter(({ visits }) => proofs.needsProver(visits));
    const isWhole = groups.length === 1 || slow.length === 0;
    const { timestamp } = draft.plan.context;
    const { epoch } = draft.moment;
    const batches = isWhole ? [wholeOf(draft)] : slow.map((group) => ({ ...group, timestamp, epoch }));
    for (const batch of batches) this.#openLane(new Lane(batch));
    const taken = new Set(batches.flatMap(({ transactions }) => transactions));
    return draft.served.flatMap(({ transaction }) => (taken.has(transaction) ? [] : [transaction]));
  }

  #openLane(lane: Lane): void {
    this.#lanes.open(lane);
    lane.prove(this.#options.proofs);
  }

  /**
   * While a batch is posted, what comes behind it is played and proven, as if nothing could go wrong with it.
   */
  async #lookAhead(draft: Draft, own: Lane | undefined): Promise<void> {
    const { pending, proofs, signerOf } = this.#options;
    let next = this.#proofTime < WORTH_IT ? [] : this.#waiting.behind(draft, own);
    if (next.length === 0) return;
    let ahead = await pending.draftBehind(draft, next);
    while (
      ahead !== undefined &&
      next.length > 1 &&
      (isLeftOut(next[0], ahead) || !this.#posting.mayFit(ahead))
    ) {
      next = oldestHalf(next);
      ahead = await pending.draftBehind(draft, next);
    }
    if (ahead === undefined) return;
    const { timestamp } = ahead.plan.context;
    const { epoch } = ahead.moment;
    for (const group of groupsOf(ahead, signerOf)) {
      if (!proofs.needsProver(group.visits) || this.#lanes.isBusy(group.rollups, own)) continue;
      this.#options.queue.proving(group.transactions);
      this.#openLane(new Lane({ ...group, timestamp, epoch }, own ?? draft));
    }
  }

  /** A batch keeps its time as long as L1 takes it, so that what was proven for it serves again. */
  #keptTime({ visits, rollups, timestamp }: LaneBatch, { head, machines }: HeldChains): bigint | undefined {
    if (!this.#options.proofs.hasSome(visits)) return undefined;
    const own = [...machines.values()].filter(({ id }) => rollups.has(id));
    const isLate = own.every(({ earliest }) => earliest <= timestamp);
    const { timestamp: next } = head.next;
    // Time enough for what is left to prove.
    const isYoung = (next - timestamp) * 4n < this.#options.maxBatchAge * 3n;
    return isLate && timestamp <= next && isYoung ? timestamp : undefined;
  }

  /** @returns false if a block of others came first. */
  async #post(draft: Draft, timings: Timings, lane: Lane | undefined): Promise<boolean> {
    const ahead = this.#lookAhead(draft, lane).catch(() => undefined);
    try {
      const settled = await this.#posting.post(draft, timings, () => {
        this.#isUnsure = true;
      });
      if (settled === undefined) return false;
      // A reorganisation that comes while it is noted makes it unsure again.
      this.#isUnsure = false;
      await this.#verdicts.note(settled);
      await ahead;
      if (settled.every(({ status }) => status !== undefined)) this.#lanes.release(lane ?? draft);
      return true;
    } finally {
      await ahead;
      // A lane goes on with the same batch, and so do those behind it.
      this.#lanes.drop(draft);
    }
  }

  #tellChanged(transactions: readonly AcceptedTransaction[]): void {
    const reason = "L1 changed while the batch was proven";
    this.#options.emit({ type: "retrying", transactions: transactions.map(({ hash }) => hash), reason });
  }

  #tellSimulated({ plan, served, milliseconds }: Draft, transactions: readonly AcceptedTransaction[]): void {
    this.#options.emit({
      type: "simulated",
      transactions: transactions.map(({ hash }) => hash),
      executions: plan.executions.length,
      visits: plan.visits.length,
      rollups: new Map(served.map(({ transaction, rollups }) => [transaction.hash, rollups])),
      statements: plan.visits.map(statementKey),
      milliseconds,
    });
  }
}

/** Nothing has happened on L1 since, and its clock stands about where it did. */
function isSame(before: HeldChains, now: HeldChains): boolean {
  return before.epoch === now.epoch && now.head.next.timestamp - before.head.next.timestamp <= LATEST;
}

function oldestHalf<Each>(transactions: readonly Each[]): readonly Each[] {
  return transactions.slice(0, Math.ceil(transactions.length / 2));
}
