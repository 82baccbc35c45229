import type { CircuitInput } from "../circuit-job.ts";

/** Characters of JSON that are kept: some hundred megabytes of values. */
const MOST = 64 << 20;

/** Traces that a worker keeps between the two steps of their proofs; of too many it drops the oldest. */
export class KeptTraces {
  readonly #most: number;
  readonly #traces = new Map<string, { readonly trace: CircuitInput; readonly size: number }>();
  #size = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  get(id: string): CircuitInput | undefined {
    return this.#traces.get(id)?.trace;
  }

  /** @param size of the trace in characters of JSON. */
  keep(id: string, trace: CircuitInput, size: number): void {
    this.drop(id);
    this.#traces.set(id, { trace, size });
    this.#size += size;
    for (const oldest of this.#traces.keys()) {
      if (this.#size <= this.#most) break;
      this.drop(oldest);
    }
  }

  drop(id: string): void {
    this.#size -= this.#traces.get(id)?.size ?? 0;
    this.#traces.delete(id);
  }
}
