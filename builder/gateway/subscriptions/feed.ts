import type { Hex } from "viem";
import { Lock } from "../../core/lock.ts";

/** A log as JSON-RPC shows it. */
export interface RpcLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly blockNumber: Hex;
  readonly removed: boolean;
}

/** A block of a chain that is being watched. */
export interface FeedBlock {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** As JSON-RPC shows it, without its transactions. */
  readonly header: unknown;
}

/** The chain that is watched. */
export interface FeedSource {
  latest(): Promise<FeedBlock>;
  byHash(hash: Hex): Promise<FeedBlock | undefined>;
  logsOf(block: FeedBlock): Promise<readonly RpcLog[]>;
}

/**
 * The chain grew by a block, or lost one in a reorganisation; its logs are given if a subscriber wants logs.
 */
export interface FeedEvent {
  readonly type: "added" | "removed";
  readonly block: FeedBlock;
  readonly logs: readonly RpcLog[];
}

export interface FeedListener {
  readonly wantsLogs: boolean;
  take(event: FeedEvent): void;
}

/** Milliseconds between looks at the chain, while there are subscribers. */
const INTERVAL = 500;
/** How many blocks are remembered, to tell what a reorganisation removed. */
const MEMORY = 64;

/** Tells listeners how a chain grows, block by block and without gaps, and what reorganisations take away. */
export class BlockFeed {
  readonly #source: FeedSource;
  readonly #listeners = new Set<FeedListener>();
  readonly #lock = new Lock();
  /** The latest blocks that were told of, oldest first. */
  #known: { readonly block: FeedBlock; readonly logs: readonly RpcLog[] }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(source: FeedSource) {
    this.#source = source;
  }

  /**
   * Tells of every block after the chain's latest one.
   * @returns a function that ends it.
   */
  async listen(listener: FeedListener): Promise<() => void> {
    await this.#lock.run(async () => {
      if (this.#listeners.size === 0) this.#known = [{ block: await this.#source.latest(), logs: [] }];
      else await this.#catchUp();
      this.#listeners.add(listener);
    });
    this.#schedule();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Looks at the chain now.
   * @throws what reading it throws; nothing was told of then.
   */
  async refresh(): Promise<void> {
    await this.#lock.run(() => this.#catchUp());
  }

  /** There is probably a new block. */
  nudge(): void {
    // What fails here is tried again in its time.
    if (this.#listeners.size > 0) this.refresh().catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isClosed || this.#listeners.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.refresh()
        .catch(() => undefined)
        .finally(() => {
          this.#timer = undefined;
          this.#schedule();
        });
    }, INTERVAL).unref();
  }

  async #catchUp(): Promise<void> {
    if (this.#listeners.size === 0) return;
    const path = await this.#pathToLatest();
    if (path === undefined) return;
    const { kept, fresh } = path;
    const wantsLogs = [...this.#listeners].some((listener) => listener.wantsLogs);
    const added: { block: FeedBlock; logs: readonly RpcLog[] }[] = [];
    for (const block of fresh) added.push({ block, logs: wantsLogs ? await this.#source.logsOf(block) : [] });
    for (const one of this.#known.splice(kept).toReversed()) this.#notify({ type: "removed", ...one });
    this.#known = [...this.#known, ...added].slice(-MEMORY);
    for (const one of added) this.#notify({ type: "added", ...one });
  }

  /**
   * How many of the known blocks still stand, and what comes after them; nothing if the chain changed
   * meanwhile.
   */
  async #pathToLatest(): Promise<{ kept: number; fresh: FeedBlock[] } | undefined> {
    const placeOf = (hash: Hex): number => this.#known.findLastIndex(({ block }) => block.hash === hash) + 1;
    let block = await this.#source.latest();
    const same = placeOf(block.hash);
    if (same > 0) return { kept: same, fresh: [] };
    const oldest = this.#known[0]?.block.number ?? 0n;
    const fresh: FeedBlock[] = [];
    for (;;) {
      fresh.unshift(block);
      const kept = placeOf(block.parentHash);
      // Below what is remembered, all of that is gone.
      if (kept > 0 || block.number <= oldest) return { kept, fresh };
      const parent = await this.#source.byHash(block.parentHash);
      if (parent === undefined) return undefined;
      block = parent;
    }
  }

  #notify(event: FeedEvent): void {
    for (const listener of this.#listeners) listener.take(event);
  }
}
