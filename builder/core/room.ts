import { setImmediate as breath } from "node:timers/promises";

/** Whose turn comes first. */
export const Priority = {
  /** The producer's, and following L1. */
  Produce: 0,
  /** Transactions that come in, and branching off for calls. */
  Call: 1,
} as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** How long visitors may have the thread, one after the other, in milliseconds. */
const SLICE = 8;

/** What is played on the machines and lives on: it can be left between two steps, and taken up again. */
export interface Branch {
  enter(): void;
  leave(): void;
}

/**
 * Where the rollups' machines are: with one visitor at a time, and then either at the head or in the branch
 * that the visitor enters. A branch is left as soon as a visitor has to be elsewhere.
 */
export class Room {
  readonly #waiting: Record<Priority, (() => void)[]> = {
    [Priority.Produce]: [],
    [Priority.Call]: [],
  };
  #busy = false;
  /** When requests could last come in: what is executed here asks for nothing, and never waits. */
  #breathed = performance.now();
  #inside: Branch | undefined;

  /**
   * Runs `work` with the machines to itself, once those before it are done. They are wherever they were
   * last.
   */
  async run<Result>(priority: Priority, work: () => Promise<Result> | Result): Promise<Result> {
    if (performance.now() - this.#breathed > SLICE) {
      await breath();
      this.#breathed = performance.now();
    }
    if (this.#busy) await new Promise<void>((resolve) => this.#waiting[priority].push(resolve));
    this.#busy = true;
    try {
      return await work();
    } finally {
      const next = this.#waiting[Priority.Produce].shift() ?? this.#waiting[Priority.Call].shift();
      if (next === undefined) this.#busy = false;
      else next();
    }
  }

  /** For the visitor: goes to a branch, or to the head. */
  go(branch: Branch | undefined): void {
    if (this.#inside === branch) return;
    this.#inside?.leave();
    this.#inside = undefined;
    branch?.enter();
    this.#inside = branch;
  }

  /** For the visitor: what was begun at the head is a branch from here on. */
  adopt(branch: Branch): void {
    this.#inside = branch;
  }
}
