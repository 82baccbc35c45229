import type { Address, Hex } from "viem";
import { checkTransaction, fitsBatch, type Load, loadWith, NO_LOAD, type Outline } from "../batch/limits.ts";
import { planBatch } from "../batch/plan.ts";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import {
  type SimulationResult,
  inBlockOrder,
  trySimulate,
  simulateTransaction,
} from "../simulate/simulate-transactions.ts";
import type { Simulation } from "../simulate/simulation.ts";
import { statementKey } from "../batch/prove.ts";
import type { Chains, HeldChains } from "./chains.ts";
import { breathe, timed } from "../evm/pace.ts";
import type { JointVisits } from "../kinds/kind.ts";
import { codeOf } from "../protocol/errors.ts";
import { type Draft, type Played, type Refused, rollupsOf, type Served } from "./draft.ts";
import type { ChainId } from "../protocol/ids.ts";
import { Lock } from "./lock.ts";
import { Priority } from "./room.ts";

export interface PendingOptions {
  readonly chains: Chains;
  readonly queue: TransactionQueue;
  readonly l1ChainId: bigint;
  readonly manager: Address;
  /** Account that will post batches. */
  readonly origin: Address;
  /** How many transactions of L1 a batch may have behind it. */
  readonly mostOfL1: () => number;
  /** How a rollup's transactions are one visit; nothing if they are not. */
  readonly jointOf: (rollup: ChainId) => JointVisits | undefined;
}

/** How many transactions are played ahead. More than that wait unplayed. */
export const MAX_PLAYED = 48;

/** How much older than the node's clock the block may be that is played in, seconds. */
const STALE = 4n;

/** What waits, played on one moment. */
interface Open {
  readonly moment: HeldChains;
  readonly timestamp: bigint;
  /** The time is that of a batch that was begun earlier, and may be too early for others. */
  readonly isOfBatch: boolean;
  readonly simulation: Simulation;
  readonly entries: Played[];
  load: Load;
  /** Something was played that fits into no batch any more: what comes later is not kept. */
  isFull: boolean;
}

const OVERTAKEN = Symbol("overtaken");

/**
 * What the waiting transactions will do: played once for each head, in the order in which a block will have
 * them, and continued as more come in. Its beginning is the draft of the next batch.
 */
export class PendingSimulation {
  readonly #options: PendingOptions;
  readonly #lock = new Lock();
  #open: Open | undefined;
  /** What the producer is at comes first. */
  #inWork: readonly AcceptedTransaction[] = [];
  /** Visited by those that wait. */
  readonly #rollups = new Map<Hex, ReadonlySet<ChainId>>();

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /**
   * Plays a transaction behind all that wait.
   * @param accept is told what it does, on which moment, and says whether it shall wait as well.
   * @param canWait lets others go first.
   * @throws what playing it throws.
   */
  async offer<Result>(
    transaction: AcceptedTransaction,
    accept: (
      effect: SimulationResult,
      moment: HeldChains,
    ) => Promise<{ readonly isKept: boolean; readonly result: Result }>,
    canWait = false,
  ): Promise<Result> {
    return await this.#lock.run(async () => {
      for (;;) {
        const open = await this.#catchUp(Priority.Call);
        const offered = await this.#step(open, Priority.Call, async () => {
          const first = open.simulation.count;
          const mark = open.simulation.mark();
          try {
            const effect = await timed(true, () =>
              simulateTransaction(open.simulation, transaction, this.#playOptions(open)),
            );
            const outlines = open.simulation.outlines(first);
            const rollups = rollupsOf(transaction, outlines);
            return { mark, effect: { ...effect, rollups }, load: this.#loadWith(open, outlines) };
          } catch (error) {
            mark.undo();
            throw error;
          }
        });
        if (offered === OVERTAKEN) continue;
        const { mark, effect, load } = offered;
        // The disk takes its time, and others may have the machines meanwhile.
        const accepted = await accept(effect, open.moment).catch((error: unknown) => ({ error }));
        await this.#step(open, Priority.Call, () => {
          const isKept = "isKept" in accepted && accepted.isKept;
          if (isKept && this.#hasRoom(open, transaction, load)) {
            mark.keep();
            open.entries.push({ transaction, ...effect });
            this.#rollups.set(transaction.hash, effect.rollups);
            open.load = load;
          } else {
            mark.undo();
            open.isFull ||= isKept;
          }
        });
        if ("error" in accepted) throw accepted.error;
        return accepted.result;
      }
    }, canWait);
  }

  /** Whether what was played last may stay: it is in the next batch. */
  #hasRoom(open: Open, transaction: AcceptedTransaction, load: Load): boolean {
    const { entries, isFull } = open;
    if (entries.length === 0) return true;
    return (
      !isFull && entries.length < MAX_PLAYED && !this.#isOneTooMany(open, transaction) && fitsBatch(load)
    );
  }

  /** Whether there are as many of L1 already as there may be. */
  #isOneTooMany({ entries }: Open, { rollup }: AcceptedTransaction): boolean {
    const ofL1 = entries.filter(({ transaction }) => transaction.rollup === undefined);
    return rollup === undefined && ofL1.length >= this.#options.mostOfL1();
  }

  /**
   * Lets `work` play on what the waiting transactions will leave, on machines of its own. Nothing of it
   * stays.
   */
  async aside<Result>(
    work: (simulation: Simulation, moment: HeldChains) => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      const { simulation, moment } = await this.#lock.run(() => this.#branchOff(), true);
      try {
        return await work(simulation, moment);
      } catch (error) {
        // L1 went on meanwhile, and with it what was played on.
        if (codeOf(error) !== "FORGOTTEN_MOMENT" || moment.epoch === this.#options.chains.epoch) throw error;
      }
    }
  }

  async #branchOff(): Promise<{ simulation: Simulation; moment: HeldChains }> {
    for (;;) {
      const open = await this.#catchUp(Priority.Call);
      const simulation = await this.#step(open, Priority.Call, () => open.simulation.aside());
      if (simulation !== OVERTAKEN) return { simulation, moment: open.moment };
    }
  }

  /**
   * Makes a batch of as many of these transactions as fit, in the order of a block.
   * @param timestamp of the batch, if it has to be a certain one.
   */
  async draft(transactions: readonly AcceptedTransaction[], timestamp: bigint | undefined): Promise<Draft> {
    const start = performance.now();
    return await this.#lock.run(async () => {
      this.#inWork = transactions;
      for (;;) {
        const moment = await this.#options.chains.look();
        const draft = await this.#draftOn(moment, inBlockOrder(transactions), timestamp, start);
        if (draft !== OVERTAKEN) return draft;
      }
    });
  }

  /**
   * Makes the batch that comes after another one, if that does what was played.
   * @returns nothing if L1 is elsewhere by now.
   */
  async draftBehind(
    { moment, plan, served }: Draft,
    next: readonly AcceptedTransaction[],
  ): Promise<Draft | undefined> {
    const start = performance.now();
    return await this.#lock.run(async () => {
      if ((await this.#options.chains.look()).epoch !== moment.epoch) return undefined;
      const first = served.map(({ transaction }) => transaction);
      const order = [...inBlockOrder(first), ...inBlockOrder(next)];
      const before = new Set(first.map(({ hash }) => hash));
      const draft = await this.#draftOn(moment, order, plan.context.timestamp, start, before);
      if (draft === OVERTAKEN) return undefined;
      const known = new Set(plan.visits.map(statementKey));
      const visits = draft.plan.visits.filter((visit) => !known.has(statementKey(visit)));
      return {
        ...draft,
        plan: { ...draft.plan, visits },
        served: draft.served.filter(({ transaction }) => !before.has(transaction.hash)),
      };
    });
  }

  async #draftOn(
    moment: HeldChains,
    order: readonly AcceptedTransaction[],
    timestamp: bigint | undefined,
    start: number,
    before?: ReadonlySet<Hex>,
  ): Promise<Draft | typeof OVERTAKEN> {
    const time = this.#timeOf(order, moment, timestamp);
    const isBegun = this.#begins(order, moment, time);
    const open = isBegun ? this.#open : await this.#begin(moment, Priority.Produce, time);
    if (open === undefined) return OVERTAKEN;
    for (const transaction of order.slice(open.entries.length)) {
      if (open.isFull) break;
      if ((await this.#add(open, transaction, Priority.Produce)) === OVERTAKEN) return OVERTAKEN;
    }
    return await this.#step(open, Priority.Produce, () => this.#draftOf(open, start, before));
  }

  /** Whether the transaction is among those that were played. */
  has(hash: Hex): boolean {
    return this.#open?.entries.some(({ transaction }) => transaction.hash === hash) ?? false;
  }

  /** The rollups that a transaction that waits visited when it was played last, if it was. */
  rollupsOf({ hash, rollup }: AcceptedTransaction): ReadonlySet<ChainId> | undefined {
    return this.#rollups.get(hash) ?? (rollup === undefined ? undefined : new Set([rollup]));
  }

  /** The producer has nothing under way. */
  rest(): void {
    this.#inWork = [];
  }

  async #draftOf(open: Open, start: number, before: ReadonlySet<Hex> | undefined): Promise<Draft> {
    const { l1ChainId, manager, jointOf } = this.#options;
    const served = open.entries.filter((each): each is Served => "success" in each);
    const failed = open.entries.filter((each): each is Refused => "failure" in each);
    const context = { l1ChainId, manager, timestamp: open.timestamp };
    const joining = { jointOf, ...(before !== undefined && { before }) };
    // A root takes a millisecond or more, and there is one for each transaction: requests come in between.
    for (const _hashed of open.simulation.hashing()) await breathe();
    const plan = planBatch(open.simulation.executions(), context, joining);
    return {
      moment: open.moment,
      plan,
      served,
      failed,
      load: open.load,
      milliseconds: performance.now() - start,
    };
  }

  /** The time that a batch is to keep, unless others have brought one of its rollups beyond it. */
  #timeOf(
    transactions: readonly AcceptedTransaction[],
    { timestamp, machines }: HeldChains,
    kept: bigint | undefined,
  ): bigint {
    if (kept === undefined) return timestamp;
    const visited = transactions.map((transaction) => this.rollupsOf(transaction));
    const isPast = [...machines.values()].some(
      ({ id, earliest }) => earliest > kept && visited.some((rollups) => rollups?.has(id) ?? true),
    );
    return isPast ? timestamp : kept;
  }

  /** Whether what was played is the beginning of this, on this moment and at this time. */
  #begins(order: readonly AcceptedTransaction[], moment: HeldChains, timestamp: bigint): boolean {
    const open = this.#open;
    if (open?.timestamp !== timestamp || !this.#isCurrent(open, moment)) return false;
    return open.entries.every(({ transaction }, at) => order[at]?.hash === transaction.hash);
  }

  #isCurrent(open: Open, { epoch, head: { next } }: HeldChains): boolean {
    const age = next.timestamp - open.moment.head.next.timestamp;
    return open.moment.epoch === epoch && epoch === this.#options.chains.epoch && age <= STALE;
  }

  /** Plays what waits and is not played yet. */
  async #catchUp(priority: Priority): Promise<Open> {
    for (;;) {
      const moment = await this.#options.chains.look();
      let open = this.#open;
      if (open === undefined || open.isOfBatch || !this.#isCurrent(open, moment) || this.#hasGone(open))
        open = await this.#begin(moment, priority, moment.timestamp);
      if (open === undefined) continue;
      if (await this.#playWaiting(open, priority)) return open;
    }
  }

  /** Whether something that was played no longer waits, though L1 is where it was. */
  #hasGone({ entries }: Open): boolean {
    const { queue } = this.#options;
    return entries.some((each) => "success" in each && queue.get(each.transaction.hash) === undefined);
  }

  async #playWaiting(open: Open, priority: Priority): Promise<boolean> {
    const known = new Set(open.entries.map(({ transaction }) => transaction.hash));
    const { queue } = this.#options;
    if (known.size >= Math.min(queue.size, MAX_PLAYED) || open.isFull) return true;
    const inWork = this.#inWork.filter(({ hash }) => queue.get(hash) !== undefined);
    const first = new Set(inWork.map(({ hash }) => hash));
    const others = queue.inOrder().filter(({ hash }) => !first.has(hash));
    const ahead = others.slice(0, MAX_PLAYED);
    const order = [...inBlockOrder(inWork), ...inBlockOrder(ahead)];
    for (const transaction of order) {
      if (known.has(transaction.hash)) continue;
      if (this.#isPacked(open)) return true;
      if ((await this.#add(open, transaction, priority)) === OVERTAKEN) return false;
    }
    return true;
  }

  /** Whether nothing more is played ahead. */
  #isPacked({ isFull, entries }: Open): boolean {
    return isFull || entries.length >= MAX_PLAYED;
  }

  async #add(
    open: Open,
    transaction: AcceptedTransaction,
    priority: Priority,
  ): Promise<typeof OVERTAKEN | undefined> {
    if (this.#isOneTooMany(open, transaction)) {
      open.isFull = true;
      return undefined;
    }
    return await this.#step(open, priority, async () => {
      const first = open.simulation.count;
      const mark = open.simulation.mark();
      const played = await trySimulate(open.simulation, transaction, this.#playOptions(open)).catch(
        (error: unknown) => {
          mark.undo();
          throw error;
        },
      );
      const outlines = open.simulation.outlines(first);
      const load = this.#loadWith(open, outlines);
      if ("success" in played && open.entries.length > 0 && !fitsBatch(load)) {
        mark.undo();
        open.isFull = true;
        return undefined;
      }
      mark.keep();
      const rollups = rollupsOf(transaction, outlines);
      if ("success" in played) this.#rollups.set(transaction.hash, rollups);
      open.entries.push("success" in played ? { ...played, rollups } : played);
      open.load = load;
      return undefined;
    });
  }

  async #begin(moment: HeldChains, priority: Priority, timestamp: bigint): Promise<Open | undefined> {
    const { chains } = this.#options;
    return await chains.room.run(priority, () => {
      this.#open = undefined;
      for (const hash of this.#rollups.keys())
        if (this.#options.queue.get(hash) === undefined) this.#rollups.delete(hash);
      if (moment.epoch !== chains.epoch) return undefined;
      chains.room.go(undefined);
      const simulation = moment.simulate(timestamp);
      chains.room.adopt(simulation);
      this.#open = {
        moment,
        timestamp,
        isOfBatch: timestamp !== moment.timestamp,
        simulation,
        entries: [],
        load: NO_LOAD,
        isFull: false,
      };
      return this.#open;
    });
  }

  async #step<Result>(
    open: Open,
    priority: Priority,
    work: () => Promise<Result> | Result,
  ): Promise<Result | typeof OVERTAKEN> {
    const { chains } = this.#options;
    return await chains.room.run(priority, async () => {
      if (open !== this.#open || open.moment.epoch !== chains.epoch) return OVERTAKEN;
      chains.room.go(open.simulation);
      return await work();
    });
  }

  #loadWith({ load }: Open, outlines: readonly Outline[]): Load {
    return loadWith(load, outlines, (rollup) => this.#options.jointOf(rollup)?.most ?? 1);
  }

  #playOptions({ moment }: Open) {
    const { origin } = this.#options;
    return { baseFeePerGas: moment.head.next.baseFeePerGas, origin, check: checkTransaction };
  }
}
