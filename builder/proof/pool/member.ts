import type { Backend } from "../backends/backend.ts";

/** Weight of the newest measurement in the average. */
const NEWEST = 0.3;
const FIRST_REST_MS = 100;
const LONGEST_REST_MS = 60_000;

/** A backend in a pool: how fast it is, what it is doing, and whether it rests. */
export class Member {
  readonly backend: Backend;
  /** Its own average, or what was measured before; milliseconds per constraint. */
  #rate: number | undefined;
  /** Failures since the last proof. */
  #failures = 0;
  #restUntil = 0;
  /** When each proof under way is expected to end, on `performance.now`'s clock. */
  readonly #running = new Set<{ readonly end: number }>();

  constructor(backend: Backend) {
    this.backend = backend;
    this.#rate = backend.measuredRate;
  }

  /** Milliseconds per constraint, if known. */
  get rate(): number | undefined {
    return this.#rate;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Milliseconds until it may be given something after failures. */
  restsFor(now: number): number {
    return Math.max(0, this.#restUntil - now);
  }

  /** Milliseconds until each slot is free. @param rate to assume. */
  freeIn(now: number): number[] {
    const rest = this.restsFor(now);
    // What is late is expected to end any moment, but has not.
    const busy = [...this.#running].map(({ end }) => Math.max(1, end - now, rest));
    return [...busy, ...Array<number>(Math.max(0, this.backend.slots - busy.length)).fill(rest)];
  }

  /** @param expected milliseconds. @returns a function to call when it has ended. */
  begin(now: number, expected: number): () => void {
    const job = { end: now + expected };
    this.#running.add(job);
    return () => this.#running.delete(job);
  }

  succeeded(constraints: number, milliseconds: number): void {
    const rate = milliseconds / Math.max(1, constraints);
    this.#rate = this.#rate === undefined ? rate : (1 - NEWEST) * this.#rate + NEWEST * rate;
    this.#failures = 0;
  }

  /** It rests, twice as long each time. */
  failed(now: number): void {
    this.#restUntil = now + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** this.#failures);
    this.#failures++;
  }
}
