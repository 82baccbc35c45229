/** A word with the time of its newest entry. */
export interface MemoryWord {
  readonly value: bigint;
  readonly time: bigint;
}

/** Gas for memory of so many words. */
function quadratic(words: bigint): bigint {
  return (words * words) / 512n;
}

/** What a row that touches memory is given, and what it pays. */
export interface Expansion {
  readonly given: Readonly<Record<"words" | "quotient" | "sizeTime", bigint>>;
  readonly cost: bigint;
}

/** A frame's memory in words, with the time of each word's newest entry. */
export class Memory {
  readonly #words = new Map<number, MemoryWord>();
  readonly #touched = new Set<number>();
  #size = { words: 0n, quotient: 0n, sizeTime: 0n };

  /** What the `memorySize` tuple says. */
  get size(): Expansion["given"] {
    return this.#size;
  }

  /** Words that were begun, ascending. */
  get touched(): readonly number[] {
    return [...this.#touched].sort((a, b) => a - b);
  }

  /** Words that no row has taken for good. */
  get left(): readonly (readonly [index: number, word: MemoryWord])[] {
    return [...this.#words];
  }

  /** Each word that begins, with the place from which on none had begun. */
  freshWords(): { readonly index: number; readonly word: number }[] {
    let index = 0;
    return this.touched.map((word) => {
      const fresh = { index, word };
      index = word + 1;
      return fresh;
    });
  }

  /** What memory costs that has at least so many words. */
  expansion(needed: bigint): Expansion {
    const { words, quotient } = this.#size;
    if (needed <= words) return { given: this.#size, cost: 0n };
    return { given: this.#size, cost: 3n * (needed - words) + quadratic(needed) - quotient };
  }

  /** Memory has at least so many words now. */
  expand(needed: bigint, time: bigint): void {
    const { words, quotient } = this.#size;
    this.#size =
      needed <= words
        ? { words, quotient, sizeTime: time }
        : { words: needed, quotient: quadratic(needed), sizeTime: time };
  }

  read(index: number): MemoryWord {
    this.#touched.add(index);
    return this.#words.get(index) ?? { value: 0n, time: 0n };
  }

  write(index: number, value: bigint, time: bigint): void {
    this.#touched.add(index);
    this.#words.set(index, { value, time });
  }

  /** Takes a word that no other row will look for. */
  take(index: number): MemoryWord {
    const word = this.read(index);
    this.#words.delete(index);
    return word;
  }
}
