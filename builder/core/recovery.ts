import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "viem";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import type { L1Client } from "../l1/client.ts";
import { type HistoryEntry, readHistory } from "../l1/history.ts";
import { findGone } from "../post/find-gone.ts";
import { findIncluded } from "../post/find-included.ts";
import type { InclusionStore } from "../post/inclusion-store.ts";
import type { Turns } from "../post/turn.ts";
import { undoInclusion } from "../post/undo-inclusion.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { Chains } from "./chains.ts";
import type { BuilderListener } from "./events.ts";

export interface RecoveryOptions {
  readonly l1: L1Client;
  readonly manager: Address;
  readonly rollups: readonly { readonly id: ChainId }[];
  /** Block in which `Rollups` was deployed, or an earlier one. */
  readonly firstBlock: bigint;
  /** Blocks after which what L1 says is final. */
  readonly reorgDepth: bigint;
  readonly chains: Chains;
  readonly queue: TransactionQueue;
  readonly inclusions: InclusionStore;
  readonly turns: Turns;
  readonly emit: BuilderListener;
}

/** How long L1's return to a snapshot waits until it was looked at, in milliseconds. */
const PATIENCE = 10_000;

/** Finds out from L1 what has become of transactions while this builder did not see it. */
export class Recovery {
  readonly #options: RecoveryOptions;
  /** What was posted may no longer be on L1. */
  #isReorganised = true;
  /** Also what was taken for final: not if the head at the end of the process before is still L1's. */
  #isDeep: boolean | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** L1's user takes it back to a snapshot: what is gone then was to go. */
  #return: { readonly looked: PromiseWithResolvers<undefined>; isBack: boolean } | undefined;

  /**
   * L1 is taken back to a snapshot on purpose. What was posted since does not wait again: it is as if it had
   * never been sent.
   * @param goBack has the node do it.
   * @param tell that L1 has another history.
   */
  async takenBack<Result>(goBack: () => Promise<Result>, tell: () => void): Promise<Result> {
    const under = { looked: Promise.withResolvers<undefined>(), isBack: false };
    this.#return = under;
    try {
      return await goBack();
    } finally {
      under.isBack = true;
      tell();
      // L1 may be away.
      await Promise.race([under.looked.promise, sleep(PATIENCE, undefined, { ref: false })]);
    }
  }

  /** L1 has another history. */
  reorganised(): void {
    this.#isReorganised = true;
    this.#isDeep = true;
  }

  /**
   * Takes up where this process, or one before it, was interrupted: nothing half done stays on L1, the
   * rollups are where L1 says, what L1 holds already is not played again, and what it holds no longer waits
   * again.
   */
  async recover(): Promise<void> {
    const { l1, chains, queue, inclusions, turns, firstBlock, emit } = this.#options;
    await undoInclusion(l1, inclusions, turns);
    const { head } = await chains.look();
    const waiting = queue.pending();
    const since = waiting
      .filter(({ rollup }) => rollup !== undefined)
      .map(({ hash }) => queue.sinceOf(hash) ?? firstBlock);
    const from = since.reduce((least, block) => (block < least ? block : least), head.number);
    const included = await findIncluded(l1, waiting, () => this.history(from, head.number));
    for (const { transaction, status } of included) {
      await queue.finish(transaction, status);
      if (status.state === "failed") {
        const { code, reason } = status;
        emit({ type: "failed", transaction: transaction.hash, code, reason });
      }
    }
    if (this.#isReorganised) await this.#lookForPosted(head.number);
  }

  /** After a reorganisation: where the posted transactions are now, and which of them are gone. */
  async #lookForPosted(head: bigint): Promise<void> {
    const { l1, chains, queue, reorgDepth, emit } = this.#options;
    this.#isReorganised = false;
    const under = this.#return;
    const ends = under?.isBack === true;
    try {
      const settled = head > reorgDepth ? head - reorgDepth : 0n;
      const posted = queue.postedAbove(settled);
      const transactions = posted.map(({ transaction }) => transaction);
      const found = await findIncluded(l1, transactions, () => this.history(settled, head));
      const places = new Map(found.map(({ transaction, status }) => [transaction.hash, status]));
      const gone: AcceptedTransaction[] = [];
      for (const { transaction, status } of posted) {
        const now = places.get(transaction.hash);
        if (now === undefined) gone.push(transaction);
        else if (now.state === "failed" || now.blockNumber !== status.blockNumber)
          await queue.move(transaction, now);
      }
      if (under !== undefined) await this.#drop(gone);
      else if (gone.length > 0) {
        await queue.takeBack(gone);
        emit({ type: "reorganised", transactions: gone.map(({ hash }) => hash) });
      }
      const isDeep = this.#isDeep ?? !chains.isContinued;
      if (isDeep) await this.#tellOfFinal(settled, head);
      this.#isDeep = false;
      if (under === undefined || !ends) return;
      this.#return = undefined;
      under.looked.resolve(undefined);
    } catch (error) {
      this.#isReorganised = true;
      throw error;
    }
  }

  /** Its user took L1 back behind them. */
  async #drop(gone: readonly AcceptedTransaction[]): Promise<void> {
    const { queue, emit } = this.#options;
    const reason = "L1 was taken back to a snapshot that was made before it (evm_revert)";
    const status = { state: "failed", code: "TAKEN_BACK", reason } as const;
    for (const transaction of gone) {
      await queue.move(transaction, status);
      emit({ ...status, type: "failed", transaction: transaction.hash });
    }
  }

  /**
   * What was taken for final and is gone all the same is told.
   * @param settled the newest block that was taken for final.
   */
  async #tellOfFinal(settled: bigint, head: bigint): Promise<void> {
    const { l1, queue, firstBlock, emit } = this.#options;
    const all = () => this.history(firstBlock, head);
    for (const { hash, rollup, data } of await findGone(l1, queue.postedUpTo(settled), all)) {
      const reason = "L1 took its block back, which was deeper than this builder keeps transactions for";
      const status = { state: "failed", code: "REORGANISED_TOO_DEEP", reason } as const;
      await queue.move({ hash, data, ...(rollup === undefined ? {} : { rollup }) }, status);
      emit({ ...status, type: "failed", transaction: hash });
    }
  }

  /** Everything that took effect on the rollups in these blocks. */
  async history(from: bigint, to: bigint): Promise<HistoryEntry[]> {
    const { l1, manager, rollups } = this.#options;
    return await readHistory(
      l1,
      manager,
      rollups.map(({ id }) => id),
      from,
      to,
    );
  }
}
