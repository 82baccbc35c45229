import type { Hex } from "viem";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { Draft } from "./draft.ts";
import { overlap } from "./groups.ts";
import type { Lane, Lanes } from "./lanes.ts";
import { MAX_PLAYED, type PendingSimulation } from "./pending.ts";

export interface WaitingOptions {
  readonly queue: TransactionQueue;
  readonly pending: Pick<PendingSimulation, "rollupsOf">;
  /** Who signed a transaction, on which chain; nothing if its kind cannot tell. */
  readonly signerOf: (transaction: AcceptedTransaction) => string | undefined;
  /** Whether visits of the rollup are proven. */
  readonly isProven: (rollup: ChainId) => boolean;
}

/**
 * Which of the waiting transactions come next: the oldest of those that can. One that has to wait for a lane
 * holds its rollups, so that no lane that is opened later keeps it waiting as well.
 */
export class Waiting {
  readonly #options: WaitingOptions;
  readonly #lanes: Lanes;
  /** Parts of a batch that did not go through as a whole. */
  #parts: (readonly AcceptedTransaction[])[] = [];
  /** Those that have to wait, until when, and how often they had to. */
  readonly #held = new Map<Hex, { readonly times: number; readonly until: number }>();
  /** Those that a verdict was made about once on remembered state. */
  readonly #doubted = new Set<Hex>();
  /** Those that failed while lanes were open, which may have made them fail. */
  readonly #deferred = new Set<Hex>();

  constructor(options: WaitingOptions, lanes: Lanes) {
    this.#options = options;
    this.#lanes = lanes;
  }

  /** What comes into the next batch, as far as it fits; nothing if all that waits has to wait. */
  choose(): readonly AcceptedTransaction[] {
    const { queue } = this.#options;
    this.#forgetGone();
    if (this.#lanes.size === 0) this.#deferred.clear();
    if (this.#lanes.isUrgent) return [];
    for (const part of this.#parts.toReversed()) {
      const ready = this.#ready(this.still(part));
      if (ready.length === 0) continue;
      this.#parts = this.#parts.filter((each) => each !== part);
      return ready;
    }
    const ready = this.#ready(queue.inOrder());
    const [first] = ready;
    // What has met a fault holds up no other: it is tried alone.
    if (first !== undefined && this.#held.has(first.hash)) return [first];
    return ready.filter(({ hash }) => !this.#held.has(hash)).slice(0, MAX_PLAYED);
  }

  /** Those that are not done with. */
  still(transactions: readonly AcceptedTransaction[]): readonly AcceptedTransaction[] {
    return transactions.filter(({ hash }) => this.#options.queue.get(hash) !== undefined);
  }

  /** What comes behind a batch that is being posted and may have to be proven. */
  behind({ served }: Draft, own: Lane | undefined): readonly AcceptedTransaction[] {
    const { queue, pending, isProven } = this.#options;
    if (this.#lanes.isUrgent) return [];
    const posted = new Set(served.map(({ transaction }) => transaction.hash));
    const others = queue.inOrder().filter(({ hash }) => !posted.has(hash));
    const ready = this.#ready(others, own).filter(({ hash }) => !this.#held.has(hash));
    const proven = ready.filter((each) => [...(pending.rollupsOf(each) ?? [])].some(isProven));
    // What they have in common with others is known when all are played.
    return proven.length === 0 ? [] : ready.slice(0, MAX_PLAYED);
  }

  /** Later, one part after the other, the last first. */
  splitInto(parts: readonly (readonly AcceptedTransaction[])[]): void {
    this.#parts.push(...parts);
  }

  /** Whatever parts there are, they are chosen anew. */
  forgetParts(): void {
    this.#parts = [];
  }

  /**
   * It is tried again later, longer each time.
   * @returns how often that was.
   */
  hold({ hash }: AcceptedTransaction): number {
    const times = (this.#held.get(hash)?.times ?? 0) + 1;
    this.#held.set(hash, { times, until: performance.now() + Math.min(30_000, 100 * 4 ** (times - 1)) });
    return times;
  }

  /** It is tried again when the lanes that are open now are done. */
  defer({ hash }: AcceptedTransaction): void {
    this.#deferred.add(hash);
  }

  /** @returns whether it was not doubted before. */
  doubt({ hash }: AcceptedTransaction): boolean {
    const isNew = !this.#doubted.has(hash);
    this.#doubted.add(hash);
    return isNew;
  }

  /** How many are remembered for something. */
  get remembered(): number {
    return this.#held.size + this.#doubted.size + this.#deferred.size;
  }

  /** Those that are done with, however that came about. */
  #forgetGone(): void {
    const { queue } = this.#options;
    for (const known of [this.#held, this.#doubted, this.#deferred])
      for (const hash of known.keys()) if (queue.get(hash) === undefined) known.delete(hash);
  }

  /** Without those that have to wait, and those that their senders have signed to come after them. */
  #ready(transactions: readonly AcceptedTransaction[], own?: Lane): AcceptedTransaction[] {
    const { signerOf, pending } = this.#options;
    const now = performance.now();
    const blocked = new Set<string>();
    const reserved = new Set<ChainId>();
    const isDraining = this.#deferred.size > 0;
    return transactions.filter((transaction) => {
      const { hash } = transaction;
      const signer = signerOf(transaction);
      const rollups = pending.rollupsOf(transaction);
      const isBusy = rollups !== undefined && this.#lanes.isBusy(rollups, own);
      const waits =
        (this.#held.get(hash)?.until ?? 0) > now ||
        (signer !== undefined && blocked.has(signer)) ||
        this.#deferred.has(hash) ||
        this.#lanes.has(hash) ||
        isBusy ||
        (this.#mayOpenLane(rollups) && (isDraining || (rollups !== undefined && overlap(reserved, rollups))));
      if (!waits) return true;
      if (signer !== undefined) blocked.add(signer);
      if (isBusy) for (const rollup of rollups) reserved.add(rollup);
      return false;
    });
  }

  #mayOpenLane(rollups: ReadonlySet<ChainId> | undefined): boolean {
    return rollups === undefined || [...rollups].some(this.#options.isProven);
  }
}
