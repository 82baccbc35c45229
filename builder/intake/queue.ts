import type { Address, Hex } from "viem";
import type { AcceptedTransaction, Failed, Posted, RollupTransaction } from "./accepted.ts";
import { l1Transaction, rollupTransaction, type Retrying, type TransactionStatus } from "./accepted.ts";
import { BusyError, DiskError, FeeRequiredError } from "./errors.ts";
import { BuilderStoppedError } from "./stopped.ts";
import { MAX_OUTCOMES, type Outcome, type OutcomeStore } from "./outcomes.ts";
import type { PendingStore } from "./pending.ts";

/** How much may wait. */
export interface QueueLimits {
  /** In all. */
  readonly all: number;
  /** Of one sender, on one chain. */
  readonly perSender: number;
  /** Of those that pay nothing, on rollups; 0: none is taken. What others pay for has the rest. */
  readonly free: number;
}

export const QUEUE_LIMITS: QueueLimits = { all: 4_096, perSender: 256, free: 1_024 };

/** What a transaction that is to wait counts for. */
export interface Claim {
  /** Nothing if its kind cannot tell. */
  readonly signer: string | undefined;
  /** Whether it is one of those that pay nothing. */
  readonly isFree: boolean;
  /** Wei per unit of gas for who includes it; nothing where none can be asked for: on L1, and of ledgers. */
  readonly fee: bigint | undefined;
}

export interface QueueOptions {
  readonly pending: PendingStore;
  readonly outcomes: OutcomeStore;
  readonly l1ChainId: bigint;
  /** Who signed a transaction, on which chain; nothing if its kind cannot tell. */
  readonly signerOf: (transaction: AcceptedTransaction) => string | undefined;
  /** What a transaction for a rollup pays, wei per unit of gas; nothing if its kind knows no fees. */
  readonly feeOf?: (transaction: RollupTransaction) => bigint | undefined;
  readonly limits?: Partial<QueueLimits>;
}

/** Accepted transactions on their way to L1, and what became of earlier ones. */
export class TransactionQueue {
  readonly #options: QueueOptions;
  readonly #limits: QueueLimits;
  /** Waiting and in work, in the order in which they were accepted. */
  #pending = new Map<Hex, AcceptedTransaction>();
  readonly #bySigner = new Map<string, Set<AcceptedTransaction>>();
  /** What each of those that wait counts for. */
  readonly #counted = new Map<Hex, Claim>();
  /** Those that may come to wait: they are being played. */
  readonly #claims = new Set<Claim>();
  #free = 0;
  #order: readonly AcceptedTransaction[] | undefined;
  /** Of those that wait. */
  readonly #progress = new Map<Hex, Exclude<TransactionStatus, Posted | Failed>>();
  readonly #attempts = new Map<Hex, number>();
  /** When it began to wait, in this process. */
  readonly #entered = new Map<Hex, number>();
  /** L1's block when it was accepted, as far as this process knows. */
  readonly #since = new Map<Hex, bigint>();
  readonly #outcomes = new Map<Hex, Outcome>();
  /** What could not be removed from the disk yet. */
  #leftovers: AcceptedTransaction[] = [];
  #wake: (() => void)[] = [];
  #finished: number[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#limits = { ...QUEUE_LIMITS, ...options.limits };
  }

  /** Takes up what an earlier process had accepted, and what it had told. */
  async load(): Promise<void> {
    for (const outcome of await this.#options.outcomes.load()) this.#outcomes.set(outcome.hash, outcome);
    for (const { transaction, block } of await this.#options.pending.load()) {
      this.#enter(transaction);
      if (block !== undefined) this.#since.set(transaction.hash, block);
    }
  }

  /** Everything that is not on L1 yet, oldest first. */
  pending(): AcceptedTransaction[] {
    return [...this.#pending.values()];
  }

  /**
   * The same in the order in which they are to be included: as they came, but that of those that pay on
   * rollups the dearest takes the first place, and that what could pay and does not comes last. Those of one
   * signer stay in their order, whatever they pay.
   */
  inOrder(): readonly AcceptedTransaction[] {
    return (this.#order ??= this.#sorted());
  }

  /** How many wait. */
  get size(): number {
    return this.#pending.size;
  }

  get(hash: Hex): AcceptedTransaction | undefined {
    return this.#pending.get(hash);
  }

  statusOf(hash: Hex): TransactionStatus | undefined {
    return this.#progress.get(hash) ?? this.#outcomes.get(hash)?.status;
  }

  /** Transactions of L1 that wait and that `sender` signed, oldest first. */
  pendingOf(sender: Address): AcceptedTransaction[] {
    return this.pendingBy(l1Signer(sender));
  }

  /**
   * Transactions that wait of one signer, oldest first.
   * @param signer as `signerOf` names it.
   */
  pendingBy(signer: string): AcceptedTransaction[] {
    return [...(this.#bySigner.get(signer) ?? [])];
  }

  /** Whether a transaction of L1 waits that has this nonce or a lower one, of whichever sender. */
  waitsUpTo(nonce: bigint): boolean {
    for (const each of this.#pending.values())
      if (each.rollup === undefined && each.decoded.nonce <= nonce) return true;
    return false;
  }

  /** Who signed the transaction, on which chain; nothing if its kind cannot tell. */
  signerOf(transaction: AcceptedTransaction): string | undefined {
    return this.#options.signerOf(transaction);
  }

  /** What the transaction counts for when it is to wait. */
  claimOf(transaction: AcceptedTransaction): Claim {
    const signer = this.#options.signerOf(transaction);
    if (transaction.rollup === undefined) return { signer, isFree: false, fee: undefined };
    const fee = this.#options.feeOf?.(transaction);
    return { signer, isFree: fee === undefined || fee === 0n, fee };
  }

  /**
   * Keeps a place for a transaction that is being played.
   * @returns what gives it back; one that came to wait has a place of its own by then.
   * @throws {BusyError}, {FeeRequiredError}
   */
  claim(claim: Claim): Disposable {
    const { all, perSender, free } = this.#limits;
    const { signer, isFree, fee } = claim;
    if (fee === 0n && free === 0) throw new FeeRequiredError();
    const claims = [...this.#claims];
    const waiting = this.size + claims.length;
    if (waiting >= all) throw new BusyError(`${waiting} transactions`, all, this.#secondsFor(waiting));
    const freeOnes = this.#free + claims.filter((each) => each.isFree).length;
    if (isFree && freeOnes >= Math.max(free, 1))
      throw new BusyError(`${freeOnes} transactions without a fee`, free, this.#secondsFor(freeOnes));
    const claimed = claims.filter((each) => each.signer === signer).length;
    const own = signer === undefined ? 0 : (this.#bySigner.get(signer)?.size ?? 0) + claimed;
    if (own >= perSender)
      throw new BusyError(`${own} transactions of this sender`, perSender, this.#secondsFor(own));
    this.#claims.add(claim);
    return { [Symbol.dispose]: () => this.#claims.delete(claim) };
  }

  /**
   * One takes the place of another, unless that is being proven by now; if it is gone, one waits like any
   * other.
   * @param entered is called when it waits, before anything can be done with it.
   * @returns what the other was doing.
   * @throws {DiskError} with nothing changed.
   */
  async replace(
    old: AcceptedTransaction,
    by: AcceptedTransaction,
    status: Failed,
    block: bigint,
    entered: () => void = () => undefined,
  ): Promise<"waiting" | "proving" | "gone"> {
    await this.#keep(by, block);
    if (this.#progress.get(old.hash)?.state === "proving") {
      await this.#options.pending.remove(by).catch(() => void this.#leftovers.push(by));
      return "proving";
    }
    const order = this.pending();
    this.#admit(by, block);
    if (!order.some(({ hash }) => hash === old.hash)) {
      entered();
      return "gone";
    }
    this.#pending = new Map();
    for (const each of order) {
      const now = each.hash === old.hash ? by : each;
      this.#pending.set(now.hash, now);
    }
    this.#order = undefined;
    const own = this.#options.signerOf(by);
    if (own !== undefined)
      this.#bySigner.set(
        own,
        new Set([...this.#pending.values()].filter((each) => this.#options.signerOf(each) === own)),
      );
    this.#progress.delete(old.hash);
    this.#uncount(old.hash);
    entered();
    await this.finish(old, status);
    return "waiting";
  }

  /** Milliseconds for which a transaction has waited, in this process. */
  waitedFor(hash: Hex): number {
    return performance.now() - (this.#entered.get(hash) ?? performance.now());
  }

  /** L1's block below which the transaction cannot be; nothing if an earlier process accepted it. */
  sinceOf(hash: Hex): bigint | undefined {
    return this.#since.get(hash);
  }

  /**
   * From here on the transaction outlives the process.
   * @param block of L1, at which it is accepted.
   * @throws {DiskError} with nothing accepted.
   */
  async add(transaction: AcceptedTransaction, block: bigint): Promise<void> {
    await this.#keep(transaction, block);
    this.#admit(transaction, block);
  }

  proving(transactions: readonly AcceptedTransaction[]): void {
    for (const { hash } of transactions)
      if (this.#pending.has(hash)) this.#progress.set(hash, { state: "proving" });
  }

  /** Trouble keeps these from going on. */
  retrying(
    transactions: readonly AcceptedTransaction[],
    { code, reason }: Omit<Retrying, "state" | "attempts">,
  ): void {
    for (const { hash } of transactions) {
      if (!this.#pending.has(hash)) continue;
      const attempts = (this.#attempts.get(hash) ?? 0) + 1;
      this.#attempts.set(hash, attempts);
      this.#progress.set(hash, { state: "retrying", code, reason, attempts });
    }
  }

  /** The builder is done with the transaction. A disk that cannot be written is written later. */
  async finish(transaction: AcceptedTransaction, status: Posted | Failed): Promise<void> {
    const outcome = outcomeOf(transaction, status);
    await this.#write(outcome);
    this.#leftovers.push(transaction);
    const leftovers = this.#leftovers;
    this.#leftovers = [];
    for (const each of leftovers)
      await this.#options.pending.remove(each).catch(() => void this.#leftovers.push(each));
    this.#note(outcome);
    this.#leave(transaction);
    this.#finished.push(performance.now());
    this.#finished.splice(0, this.#finished.length - FINISHED_REMEMBERED);
  }

  /** Posted transactions that stand in a block above `block`: a reorganisation may undo them. */
  postedAbove(block: bigint): { transaction: AcceptedTransaction; status: Posted }[] {
    return [...this.#outcomes.values()].flatMap(({ rollup, data, status }) => {
      if (status.state !== "posted" || status.blockNumber <= block) return [];
      const transaction =
        rollup === undefined ? l1Transaction(data, this.#options.l1ChainId) : rollupTransaction(rollup, data);
      return [{ transaction, status }];
    });
  }

  /** What was posted in `block` or before it, the newest first. */
  postedUpTo(block: bigint): (Outcome & { readonly status: Posted })[] {
    const isMeant = (outcome: Outcome): outcome is Outcome & { readonly status: Posted } =>
      outcome.status.state === "posted" && outcome.status.blockNumber <= block;
    return [...this.#outcomes.values()].filter(isMeant).toReversed();
  }

  /** A posted transaction stands elsewhere by now. */
  async move(
    transaction: Pick<AcceptedTransaction, "hash" | "rollup" | "data">,
    status: Posted | Failed,
  ): Promise<void> {
    const outcome = outcomeOf(transaction, status);
    await this.#write(outcome);
    this.#note(outcome);
  }

  /** Posted transactions are gone from L1: they wait again, before all others. */
  async takeBack(transactions: readonly AcceptedTransaction[]): Promise<void> {
    const others = this.pending();
    this.#pending = new Map();
    for (const transaction of transactions) {
      this.#enter(transaction);
      this.#outcomes.delete(transaction.hash);
    }
    for (const transaction of others) this.#pending.set(transaction.hash, transaction);
    this.#order = undefined;
    for (const transaction of transactions)
      await this.#options.pending.add(transaction).catch(() => undefined);
  }

  /** Resolves when something waits, or when {@link nudge} says so. Rejects when `signal` is aborted. */
  async waitForWork(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#pending.size > 0) return;
    await new Promise<void>((resolve, reject) => {
      const stopped = (): void => {
        reject(new BuilderStoppedError({ cause: signal.reason }));
      };
      signal.addEventListener("abort", stopped, { once: true });
      this.#wake.push(() => {
        signal.removeEventListener("abort", stopped);
        resolve();
      });
    });
  }

  /** There is something else to do. */
  nudge(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }

  /** A disk that cannot be written now is written with the next one. */
  async #write(outcome: Outcome): Promise<void> {
    const all = (): Outcome[] => [...this.#outcomes.values(), outcome];
    await this.#options.outcomes.add(outcome, all).catch(() => undefined);
  }

  #note(outcome: Outcome): void {
    this.#outcomes.delete(outcome.hash);
    this.#outcomes.set(outcome.hash, outcome);
    for (const hash of this.#outcomes.keys()) {
      if (this.#outcomes.size <= MAX_OUTCOMES) return;
      this.#outcomes.delete(hash);
    }
  }

  async #keep(transaction: AcceptedTransaction, block: bigint): Promise<void> {
    try {
      await this.#options.pending.add(transaction, block);
    } catch (cause) {
      await this.#options.pending.remove(transaction).catch(() => undefined);
      throw new DiskError(cause);
    }
  }

  #admit(transaction: AcceptedTransaction, block: bigint): void {
    this.#outcomes.delete(transaction.hash);
    this.#since.set(transaction.hash, block);
    this.#enter(transaction);
  }

  #enter(transaction: AcceptedTransaction): void {
    this.#pending.set(transaction.hash, transaction);
    this.#order = undefined;
    this.#progress.set(transaction.hash, { state: "queued" });
    this.#entered.set(transaction.hash, performance.now());
    const claim = this.claimOf(transaction);
    const { signer, isFree } = claim;
    if (isFree && !this.#counted.has(transaction.hash)) this.#free++;
    this.#counted.set(transaction.hash, claim);
    if (signer !== undefined)
      this.#bySigner.set(signer, (this.#bySigner.get(signer) ?? new Set()).add(transaction));
    this.nudge();
  }

  #leave({ hash }: AcceptedTransaction): void {
    const transaction = this.#pending.get(hash);
    if (transaction === undefined) return;
    this.#pending.delete(hash);
    this.#order = undefined;
    this.#progress.delete(hash);
    this.#uncount(hash);
    this.#attempts.delete(hash);
    this.#since.delete(hash);
    const signer = this.#options.signerOf(transaction);
    const own = signer === undefined ? undefined : this.#bySigner.get(signer);
    own?.delete(transaction);
    if (signer !== undefined && own?.size === 0) this.#bySigner.delete(signer);
  }

  #uncount(hash: Hex): void {
    if (this.#counted.get(hash)?.isFree === true) this.#free--;
    this.#counted.delete(hash);
    this.#entered.delete(hash);
  }

  #sorted(): AcceptedTransaction[] {
    const least = new Map<string, bigint>();
    const ranked = this.pending().map((transaction) => {
      const { signer, fee } = this.#counted.get(transaction.hash) ?? this.claimOf(transaction);
      if (fee === undefined || signer === undefined) return { transaction, fee };
      // What comes before it may hold it back.
      const before = least.get(signer);
      const rank = before === undefined || fee < before ? fee : before;
      least.set(signer, rank);
      return { transaction, fee: rank };
    });
    const paying = ranked.filter(({ fee = 0n }) => fee > 0n).toSorted((a, b) => compare(b.fee, a.fee));
    const places = ranked.filter(({ fee }) => fee !== 0n);
    // They change places among themselves alone: what cannot pay is not kept waiting by them.
    const first = places.map((each) => (each.fee === undefined ? each : (paying.shift() ?? each)));
    const free = ranked.filter(({ fee }) => fee === 0n);
    return [...first, ...free].map(({ transaction }) => transaction);
  }

  /** By how fast transactions were finished lately. */
  #secondsFor(count: number): number {
    const [first, last] = [this.#finished[0], this.#finished.at(-1)];
    if (first === undefined || last === undefined || last <= first) return 5;
    const perSecond = (this.#finished.length / (last - first)) * 1_000;
    return Math.min(300, Math.max(1, Math.ceil(count / 4 / perSecond)));
  }
}

const FINISHED_REMEMBERED = 200;

function compare(a = 0n, b = 0n): number {
  return a < b ? -1 : Number(a > b);
}

function outcomeOf(
  { hash, rollup, data }: Pick<AcceptedTransaction, "hash" | "rollup" | "data">,
  status: Posted | Failed,
): Outcome {
  return { hash, data, status, ...(rollup === undefined ? {} : { rollup }) };
}

/** How a sender on L1 is named among signers. */
export function l1Signer(address: Address): string {
  return `0:${address.toLowerCase()}`;
}
