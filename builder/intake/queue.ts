import type { Address, Hex } from "viem";
import type { AcceptedTransaction, Failed, Posted } from "./accepted.ts";
import { l1Transaction, rollupTransaction, type Retrying, type TransactionStatus } from "./accepted.ts";
import { BusyError, DiskError } from "./errors.ts";
import { BuilderStoppedError } from "./stopped.ts";
import { MAX_OUTCOMES, type Outcome, type OutcomeStore } from "./outcomes.ts";
import type { PendingStore } from "./pending.ts";

/** How much may wait. */
export interface QueueLimits {
  /** In all. */
  readonly all: number;
  /** Of one sender, on one chain. */
  readonly perSender: number;
}

export const QUEUE_LIMITS: QueueLimits = { all: 4_096, perSender: 256 };

export interface QueueOptions {
  readonly pending: PendingStore;
  readonly outcomes: OutcomeStore;
  readonly l1ChainId: bigint;
  /** Who signed a transaction, on which chain; nothing if its kind cannot tell. */
  readonly signerOf: (transaction: AcceptedTransaction) => string | undefined;
  readonly limits?: QueueLimits;
}

/** Accepted transactions on their way to L1, and what became of earlier ones. */
export class TransactionQueue {
  readonly #options: QueueOptions;
  readonly #limits: QueueLimits;
  /** Waiting and in work, in the order in which they were accepted. */
  #pending = new Map<Hex, AcceptedTransaction>();
  readonly #bySigner = new Map<string, Set<AcceptedTransaction>>();
  /** Of those that wait. */
  readonly #progress = new Map<Hex, Exclude<TransactionStatus, Posted | Failed>>();
  readonly #attempts = new Map<Hex, number>();
  /** L1's block when it was accepted, as far as this process knows. */
  readonly #since = new Map<Hex, bigint>();
  readonly #outcomes = new Map<Hex, Outcome>();
  /** What could not be removed from the disk yet. */
  #leftovers: AcceptedTransaction[] = [];
  #wake: (() => void)[] = [];
  #finished: number[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#limits = options.limits ?? QUEUE_LIMITS;
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

  /** @throws {BusyError} */
  assertRoom(signer: string | undefined): void {
    const { all, perSender } = this.#limits;
    if (this.size >= all) throw new BusyError(`${this.size} transactions`, all, this.#secondsFor(this.size));
    const own = signer === undefined ? 0 : (this.#bySigner.get(signer)?.size ?? 0);
    if (own >= perSender)
      throw new BusyError(`${own} transactions of this sender`, perSender, this.#secondsFor(own));
  }

  /**
   * One takes the place of another.
   * @throws {DiskError} with nothing changed.
   */
  async replace(
    old: AcceptedTransaction,
    by: AcceptedTransaction,
    status: Failed,
    block: bigint,
  ): Promise<void> {
    const order = this.pending();
    await this.add(by, block);
    this.#pending = new Map();
    for (const each of order) {
      const now = each.hash === old.hash ? by : each;
      this.#pending.set(now.hash, now);
    }
    const own = this.#options.signerOf(by);
    if (own !== undefined)
      this.#bySigner.set(
        own,
        new Set([...this.#pending.values()].filter((each) => this.#options.signerOf(each) === own)),
      );
    this.#progress.delete(old.hash);
    await this.finish(old, status);
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
    try {
      await this.#options.pending.add(transaction, block);
    } catch (cause) {
      await this.#options.pending.remove(transaction).catch(() => undefined);
      throw new DiskError(cause);
    }
    this.#outcomes.delete(transaction.hash);
    this.#since.set(transaction.hash, block);
    this.#enter(transaction);
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

  #enter(transaction: AcceptedTransaction): void {
    this.#pending.set(transaction.hash, transaction);
    this.#progress.set(transaction.hash, { state: "queued" });
    const signer = this.#options.signerOf(transaction);
    if (signer !== undefined)
      this.#bySigner.set(signer, (this.#bySigner.get(signer) ?? new Set()).add(transaction));
    this.nudge();
  }

  #leave({ hash }: AcceptedTransaction): void {
    const transaction = this.#pending.get(hash);
    if (transaction === undefined) return;
    this.#pending.delete(hash);
    this.#progress.delete(hash);
    this.#attempts.delete(hash);
    this.#since.delete(hash);
    const signer = this.#options.signerOf(transaction);
    const own = signer === undefined ? undefined : this.#bySigner.get(signer);
    own?.delete(transaction);
    if (signer !== undefined && own?.size === 0) this.#bySigner.delete(signer);
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
