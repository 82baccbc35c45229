import { LockstepError } from "../../protocol/errors.ts";
import type { Topic } from "../service.ts";
import { randomId } from "./random-id.ts";

/** No such filter: it was never there, was removed, or was not polled for too long. */
export class FilterNotFoundError extends LockstepError {
  constructor(id: string) {
    super("FILTER_NOT_FOUND", `filter not found: ${id}; filters that nobody polls expire`);
  }
}

/** Too many filters, or too many changes since they were last asked for. */
export class FilterLimitError extends LockstepError {
  constructor(reason: string) {
    super("FILTER_LIMIT", reason);
  }
}

const MAX_FILTERS = 1_000;
const MAX_CHANGES = 10_000;
/** Milliseconds without a poll after which a filter is removed, as in geth. */
const LIFETIME = 300_000;

interface Filter<About> {
  readonly about: About | undefined;
  changes: unknown[];
  overflowed: boolean;
  end: () => void;
  expiry: NodeJS.Timeout;
}

/** Subscriptions whose notifications are kept until a client asks for them. */
export class Filters<About> {
  readonly #filters = new Map<string, Filter<About>>();
  readonly #refresh: () => Promise<void>;
  readonly #lifetime: number;

  /**
   * @param refresh looks for news now.
   * @param lifetime milliseconds.
   */
  constructor(refresh: () => Promise<void>, lifetime = LIFETIME) {
    this.#refresh = refresh;
    this.#lifetime = lifetime;
  }

  /**
   * @param show what is kept of a notification: nothing, or one thing.
   * @param about for {@link aboutOf}.
   * @returns the filter's id.
   * @throws {FilterLimitError}, and what the topic throws.
   */
  async open(
    topic: Topic,
    params: readonly unknown[],
    show: (notification: unknown) => readonly unknown[],
    about?: About,
  ): Promise<string> {
    if (this.#filters.size >= MAX_FILTERS)
      throw new FilterLimitError(`there are ${MAX_FILTERS} filters already; uninstall some`);
    const id = randomId();
    const filter: Filter<About> = {
      about,
      changes: [],
      overflowed: false,
      end: () => undefined,
      expiry: this.#expiryOf(id),
    };
    this.#filters.set(id, filter);
    try {
      filter.end = await topic(params, (notification) => {
        if (filter.changes.length < MAX_CHANGES) filter.changes.push(...show(notification));
        else filter.overflowed = true;
      });
    } catch (error) {
      this.remove(id);
      throw error;
    }
    return id;
  }

  /**
   * What is new since the last time.
   * @throws {FilterNotFoundError}, {FilterLimitError} when some of it was lost.
   */
  async changes(id: string): Promise<unknown[]> {
    const filter = this.#get(id);
    await this.#refresh();
    const { changes, overflowed } = filter;
    filter.changes = [];
    filter.overflowed = false;
    if (!overflowed) return changes;
    throw new FilterLimitError(
      `more than ${MAX_CHANGES} changes since the filter was last polled; some are lost`,
    );
  }

  /**
   * What the filter was opened with.
   * @throws {FilterNotFoundError} also for one that was opened without.
   */
  aboutOf(id: string): About {
    const { about } = this.#get(id);
    if (about === undefined) throw new FilterNotFoundError(id);
    return about;
  }

  remove(id: string): boolean {
    const filter = this.#filters.get(id);
    if (filter === undefined) return false;
    clearTimeout(filter.expiry);
    filter.end();
    return this.#filters.delete(id);
  }

  close(): void {
    for (const id of this.#filters.keys()) this.remove(id);
  }

  #get(id: string): Filter<About> {
    const filter = this.#filters.get(id);
    if (filter === undefined) throw new FilterNotFoundError(id);
    clearTimeout(filter.expiry);
    filter.expiry = this.#expiryOf(id);
    return filter;
  }

  #expiryOf(id: string): NodeJS.Timeout {
    return setTimeout(() => this.remove(id), this.#lifetime).unref();
  }
}
