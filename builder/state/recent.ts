import type { Poseidon } from "./poseidon.ts";

/** Remembers the results of the latest calls: between `capacity` and twice as many. */
export class Recent<Result> {
  #capacity: number;
  #latest = new Map<string, Result>();
  #earlier = new Map<string, Result>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Remembers at least as many. */
  reserve(capacity: number): void {
    this.#capacity = Math.max(this.#capacity, capacity);
  }

  get(key: string, compute: () => Result): Result {
    const hit = this.#latest.get(key);
    if (hit !== undefined) return hit;
    const result = this.#earlier.get(key) ?? compute();
    if (this.#latest.size >= this.#capacity) {
      this.#earlier = this.#latest;
      this.#latest = new Map();
    }
    this.#latest.set(key, result);
    return result;
  }
}

/** Results, by the hash that they are of. */
const memories = new WeakMap<Poseidon, Recent<ReturnType<Poseidon>>>();

/**
 * The same hash with its latest results remembered: a hash costs some fifty times a look-up, and what is
 * simulated is hashed again when it is checked, estimated, posted and followed. All who ask share one memory.
 * @param capacity of the memory, if others asked for less.
 */
export function recentPoseidon(poseidon: Poseidon, capacity: number): Poseidon {
  const recent = memories.get(poseidon) ?? new Recent(capacity);
  recent.reserve(capacity);
  memories.set(poseidon, recent);
  return (inputs) => recent.get(inputs.map((input) => input.toString(16)).join(), () => poseidon(inputs));
}
