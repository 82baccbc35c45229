import { setTimeout as sleep } from "node:timers/promises";

/** What listeners were told, and the wait for it. */
export class Seen {
  readonly #told: string[] = [];

  add(what: string): void {
    this.#told.push(what);
  }

  /** @throws with what was told instead. */
  async all(expected: readonly string[], milliseconds = 20_000): Promise<void> {
    const until = Date.now() + milliseconds;
    for (;;) {
      const missing = expected.filter((each) => !this.#told.includes(each));
      if (missing.length === 0) return;
      if (Date.now() > until)
        throw new Error(`not told: ${missing.join(", ")}; told: ${this.#told.join(", ")}`);
      await sleep(50);
    }
  }
}
