import type { BackendStatus } from "../backend-status.ts";
import type { Backend } from "../backends/backend.ts";
import type { Capacity, Demand } from "./schedule.ts";

/** Weight of the newest measurement in the average. */
const NEWEST = 0.3;
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 60_000;
/** Milliseconds per constraint of an unmeasured backend, if no other one is known. */
const TYPICAL_RATE = 0.1;
/** Such a part of the best one's time is expected of an unmeasured backend, so that it gets measured. */
const UNKNOWN_FACTOR = 0.99;

/** A proof under way. */
export class Attempt {
  /** Milliseconds of work. */
  readonly expected: number;
  readonly #started: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #recalled = new AbortController();
  #startedAt: number | undefined;

  constructor(expected: number) {
    this.expected = expected;
  }

  /** When a slot was free for it, on `performance.now`'s clock; nothing while it waits for one. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** Resolves when a slot is free for it. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Fires, with a {@link Recalled}, when it is to be made elsewhere. */
  get recalled(): AbortSignal {
    return this.#recalled.signal;
  }

  start(now: number): void {
    this.#startedAt = now;
    this.#started.resolve();
  }

  recall(): void {
    this.#recalled.abort(new Recalled());
  }
}

/** An attempt ended before it was started, and no backend is to blame. */
export class Recalled extends Error {}

/** A backend in a pool: how fast it is, what it is doing, and whether it rests. */
export class Member {
  readonly backend: Backend;
  /** Its own average over all circuits, or what was measured before; milliseconds per constraint. */
  #rate: number | undefined;
  /** The same of each circuit. */
  readonly #rates = new Map<string, number>();
  /** Proofs that it made, and milliseconds of the latest. */
  #proofs = 0;
  #latest: number | undefined;
  #faults = 0;
  /** Failures since the last proof. */
  #failures = 0;
  #backoffUntil = 0;
  /** In the order in which they were begun. Those that wait come last, and only where all slots are taken. */
  readonly #attempts = new Set<Attempt>();

  constructor(backend: Backend) {
    this.backend = backend;
    this.#rate = backend.measuredRate;
  }

  /** Milliseconds per constraint over all circuits, if known. */
  get rate(): number | undefined {
    return this.#rate;
  }

  /** Milliseconds per constraint of this circuit; of all, where it has not been measured. */
  rateOf(circuit: string): number | undefined {
    return this.#rates.get(circuit) ?? this.backend.measuredRates?.get(circuit) ?? this.#rate;
  }

  /** What it has done so far. */
  get record(): Pick<BackendStatus, "proofs" | "latest" | "faults"> {
    const latest = this.#latest === undefined ? {} : { latest: this.#latest };
    return { proofs: this.#proofs, ...latest, faults: this.#faults };
  }

  /** Proofs under way, those that wait there among them. */
  get running(): number {
    return this.#attempts.size;
  }

  /** Milliseconds until it may be given something after failures. */
  backoffLeft(now: number): number {
    return Math.max(0, this.#backoffUntil - now);
  }

  /** Jobs that it takes now. Ahead of its slots only once its speed is known: it might be slow. */
  room(now: number): number {
    const { slots, ahead = 0 } = this.backend;
    const isMeasured = this.#rate !== undefined || (this.backend.measuredRates?.size ?? 0) > 0;
    const most = isMeasured ? slots + ahead : slots;
    return this.backoffLeft(now) > 0 ? 0 : Math.max(0, most - this.running);
  }

  /** Milliseconds until each slot is free. */
  freeIn(now: number): number[] {
    const backoff = this.backoffLeft(now);
    const slots = Array<number>(this.backend.slots).fill(backoff);
    let started = 0;
    for (const { startedAt, expected } of this.#attempts) {
      if (startedAt !== undefined) {
        // One that is late is expected to take as long again as it is late.
        slots[started++] = Math.max(1, backoff, Math.abs(startedAt + expected - now));
        continue;
      }
      const first = Math.min(...slots);
      slots[slots.indexOf(first)] = first + expected;
    }
    return slots;
  }

  /** @param assumed milliseconds per constraint of a circuit, if its own are not known. */
  capacity(now: number, assumed: (circuit: string) => number): Capacity {
    const rateOf = (circuit: string): number => this.rateOf(circuit) ?? assumed(circuit);
    return { room: this.room(now), freeIn: this.freeIn(now), rateOf };
  }

  /**
   * Milliseconds that a piece of work is expected to take.
   * @param assumed milliseconds per constraint of a circuit, if its own are not known.
   */
  timeOf(
    { circuit, constraints }: Pick<Demand, "circuit" | "constraints">,
    assumed: (circuit: string) => number,
  ): number {
    return (this.rateOf(circuit) ?? assumed(circuit)) * constraints;
  }

  /** @param expected milliseconds of work. */
  begin(now: number, expected: number): Attempt {
    const attempt = new Attempt(expected);
    if (this.running < this.backend.slots) attempt.start(now);
    this.#attempts.add(attempt);
    return attempt;
  }

  /** It ended, in whatever way: what waited longest for its slot has it. */
  end(attempt: Attempt, now: number): void {
    if (!this.#attempts.delete(attempt) || attempt.startedAt === undefined) return;
    const next = [...this.#attempts].find(({ startedAt }) => startedAt === undefined);
    next?.start(now);
  }

  /** Whatever waits for a slot of it is to be made elsewhere. */
  recallWaiting(): void {
    for (const attempt of this.#attempts) {
      if (attempt.startedAt !== undefined) continue;
      this.#attempts.delete(attempt);
      attempt.recall();
    }
  }

  succeeded(circuit: string, constraints: number, milliseconds: number): void {
    const rate = milliseconds / Math.max(1, constraints);
    const before = this.#rates.get(circuit) ?? this.backend.measuredRates?.get(circuit);
    this.#rates.set(circuit, averaged(before, rate));
    this.#rate = averaged(this.#rate, rate);
    this.#failures = 0;
    this.#proofs++;
    this.#latest = milliseconds;
  }

  /** Something that it made was wrong. */
  lied(): void {
    this.#faults++;
  }

  /** It rests, twice as long each time. */
  failed(now: number): void {
    this.#backoffUntil = now + Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#failures);
    this.#failures++;
    this.#faults++;
  }
}

function averaged(before: number | undefined, newest: number): number {
  return before === undefined ? newest : (1 - NEWEST) * before + NEWEST * newest;
}

/** Milliseconds per constraint that are expected of an unmeasured backend: it gets its chance. */
export function assumedRate(circuit: string, members: readonly Member[]): number {
  const known = members.map((member) => member.rateOf(circuit)).filter((rate) => rate !== undefined);
  return known.length === 0 ? TYPICAL_RATE : Math.min(...known) * UNKNOWN_FACTOR;
}
