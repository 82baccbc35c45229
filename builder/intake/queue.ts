import type { Address, Hex } from "viem";
import type { PendingStore } from "./pending.ts";
import type { AcceptedTransaction, TransactionStatus } from "./accepted.ts";
import { decodeTransaction } from "./decode.ts";
import { BuilderStoppedError } from "./stopped.ts";

/** How many finished transactions are remembered. */
const MAX_FINISHED = 10_000;

/** Accepted transactions on their way to L1, and what became of earlier ones. */
export class TransactionQueue {
  readonly #store: PendingStore;
  readonly #l1ChainId: bigint;
  /** Waiting and in work, in the order in which they were accepted. */
  readonly #pending = new Map<Hex, AcceptedTransaction>();
  readonly #statuses = new Map<Hex, TransactionStatus>();
  #wake: (() => void) | undefined;

  constructor(store: PendingStore, l1ChainId: bigint) {
    this.#store = store;
    this.#l1ChainId = l1ChainId;
  }

  /** Takes up what an earlier process had accepted. */
  async load(): Promise<void> {
    for (const transaction of await this.#store.load()) this.#enter(transaction);
  }

  /** Everything that is not on L1 yet, oldest first. */
  pending(): AcceptedTransaction[] {
    return [...this.#pending.values()];
  }

  get(hash: Hex): AcceptedTransaction | undefined {
    return this.#pending.get(hash);
  }

  statusOf(hash: Hex): TransactionStatus | undefined {
    return this.#statuses.get(hash);
  }

  /** Transactions of L1 that wait and that `sender` signed. */
  pendingOf(sender: Address): AcceptedTransaction[] {
    return this.pending().filter(
      ({ rollup, data }) =>
        rollup === undefined && decodeTransaction(data, this.#l1ChainId).sender === sender.toLowerCase(),
    );
  }

  /** From here on the transaction outlives the process. */
  async add(transaction: AcceptedTransaction): Promise<void> {
    await this.#store.add(transaction);
    this.#enter(transaction);
  }

  proving(transactions: readonly AcceptedTransaction[]): void {
    for (const { hash } of transactions) this.#statuses.set(hash, { state: "proving" });
  }

  /** The builder is done with the transaction. */
  async finish(transaction: AcceptedTransaction, status: TransactionStatus): Promise<void> {
    this.#statuses.delete(transaction.hash);
    this.#statuses.set(transaction.hash, status);
    this.#pending.delete(transaction.hash);
    await this.#store.remove(transaction);
    for (const hash of this.#statuses.keys()) {
      if (this.#statuses.size - this.#pending.size <= MAX_FINISHED) return;
      if (!this.#pending.has(hash)) this.#statuses.delete(hash);
    }
  }

  /** Resolves when something waits. Rejects when `signal` is aborted. */
  async waitForWork(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#pending.size > 0) return;
    await new Promise<void>((resolve, reject) => {
      const stopped = (): void => {
        reject(new BuilderStoppedError({ cause: signal.reason }));
      };
      signal.addEventListener("abort", stopped, { once: true });
      this.#wake = () => {
        signal.removeEventListener("abort", stopped);
        resolve();
      };
    });
  }

  #enter(transaction: AcceptedTransaction): void {
    this.#pending.set(transaction.hash, transaction);
    this.#statuses.set(transaction.hash, { state: "queued" });
    this.#wake?.();
  }
}
