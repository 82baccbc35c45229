/**
 * Milliseconds that pass at once: events run in the order of their time, those of the same time in the order
 * they were set.
 */
export class VirtualClock {
  now = 0;
  #events: { readonly at: number; readonly act: () => void }[] = [];

  after(milliseconds: number, act: () => void): void {
    const at = this.now + milliseconds;
    const later = this.#events.findIndex((event) => event.at > at);
    this.#events.splice(later < 0 ? this.#events.length : later, 0, { at, act });
  }

  /** Until nothing is left to happen. */
  run(): void {
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      this.now = next.at;
      next.act();
    }
  }
}

/** Threads that take tasks in the order they were given. */
export class VirtualThreads {
  readonly #clock: VirtualClock;
  readonly #queue: { readonly duration: () => number; readonly then: () => void }[] = [];
  #idle: number;

  constructor(clock: VirtualClock, count: number) {
    this.#clock = clock;
    this.#idle = count;
  }

  /** @param duration milliseconds, asked for when it begins. */
  run(duration: () => number, then: () => void): void {
    this.#queue.push({ duration, then });
    this.#start();
  }

  #start(): void {
    if (this.#idle === 0) return;
    const task = this.#queue.shift();
    if (task === undefined) return;
    this.#idle--;
    this.#clock.after(task.duration(), () => {
      this.#idle++;
      this.#start();
      task.then();
    });
  }
}
