import fc from "fast-check";

/** Evenly: fast-check would prefer the ends, and worlds would be made of rare things. */
const even = (max: number) => fc.noBias(fc.nat({ max }));

/** Random choices of a world, all drawn from fast-check's seed. */
export class Pick {
  readonly #value: fc.GeneratorValue;

  constructor(value: fc.GeneratorValue) {
    this.#value = value;
  }

  /** 0 ≤ n < `count`. */
  below(count: number): number {
    return this.#value(even, count - 1);
  }

  /** True `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }
}
