import { mock } from "node:test";
import { settle } from "./setting.ts";

/** The clock and the timers of this thread, which go on only when told; as long as it is not disposed of. */
export class VirtualTime implements Disposable {
  /** Whole, so that sums are exact. */
  #now = Math.ceil(performance.now());

  constructor() {
    mock.timers.enable({ apis: ["setTimeout"] });
    mock.method(performance, "now", () => this.#now);
  }

  /** What is to be done now is done; then what is due by then, and what follows from that at once. */
  async advance(milliseconds: number): Promise<void> {
    await settle();
    this.#now += milliseconds;
    mock.timers.tick(milliseconds);
    await settle();
  }

  [Symbol.dispose](): void {
    mock.timers.reset();
    mock.restoreAll();
  }
}
