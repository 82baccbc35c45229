import type { ChainId } from "../protocol/ids.ts";

/** Something that keeps its own undo levels and follows the journal's. */
export interface JournalFollower {
  /** @param owner the chain one of whose frames opens the level. */
  checkpoint(owner: ChainId): void;
  commit(): void;
  revert(): void;
}

/**
 * The one journal of a simulation: states, Ether balances and the recording note how to undo their changes,
 * followers undo level by level. A revert anywhere is thus a revert everywhere.
 */
export class Journal {
  readonly #undo: (() => void)[] = [];
  readonly #levels: number[] = [];
  readonly #followers: readonly JournalFollower[];

  constructor(followers: readonly JournalFollower[] = []) {
    this.#followers = followers;
  }

  /** Number of open levels. */
  get depth(): number {
    return this.#levels.length;
  }

  /** Remembers how to undo a change that has just been made. */
  record(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** @param owner the chain one of whose frames opens the level. */
  checkpoint(owner: ChainId): void {
    this.#levels.push(this.#undo.length);
    for (const follower of this.#followers) follower.checkpoint(owner);
  }

  /** Keeps what the innermost level did; the level around it can still undo it. */
  commit(): void {
    this.#close();
    for (const follower of this.#followers) follower.commit();
  }

  /**
   * Undoes the innermost level, newest change first.
   * @throws what a follower throws, after all of them have undone the level.
   */
  revert(): void {
    const failures = this.#undoLevel();
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Reverts level by level until `depth` are open, after an error that left levels open. What followers have
   * against it no longer matters: the transaction is given up.
   */
  unwind(depth: number): void {
    while (this.depth > depth) this.#undoLevel();
  }

  #undoLevel(): unknown[] {
    const start = this.#close();
    while (this.#undo.length > start) this.#undo.pop()?.();
    const failures: unknown[] = [];
    for (const follower of this.#followers) {
      try {
        follower.revert();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }

  #close(): number {
    const start = this.#levels.pop();
    if (start === undefined) throw new Error("journal closed more levels than it opened");
    return start;
  }
}
