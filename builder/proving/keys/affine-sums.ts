import { type CurveFunction, type CurveMemory, type GroupName, POINT_BYTES } from "./curve-memory.ts";

/** Names of the fields that coordinates are in, as wasmcurves has them. */
const FIELDS = { g1: "f1m", g2: "f2m" } as const;

/**
 * Adds affine points to many affine sums at once. One inversion serves all additions of a round (Montgomery's
 * trick), so an addition takes half the time of one on Jacobian points, and the sums need no conversion at
 * the end.
 */
export class AffineSums {
  readonly #coordinate: number;
  readonly #inverse: CurveFunction;
  readonly #multiply: CurveFunction;
  readonly #square: CurveFunction;
  readonly #subtract: CurveFunction;
  readonly #copy: CurveFunction;
  readonly #sums: Uint32Array;
  readonly #points: Uint32Array;
  readonly #differences: number;
  readonly #inverses: number;
  readonly #slope: number;
  readonly #x: number;
  readonly #term: number;
  #count = 0;

  /**
   * Takes memory that the caller's `scoped` gives back.
   * @param capacity additions in one round, at most.
   */
  constructor(memory: CurveMemory, group: GroupName, capacity: number) {
    const field = FIELDS[group];
    this.#coordinate = POINT_BYTES[group].affine / 2;
    this.#inverse = memory.function(`${field}_batchInverse`);
    this.#multiply = memory.function(`${field}_mul`);
    this.#square = memory.function(`${field}_square`);
    this.#subtract = memory.function(`${field}_sub`);
    this.#copy = memory.function(`${field}_copy`);
    this.#sums = new Uint32Array(capacity);
    this.#points = new Uint32Array(capacity);
    this.#differences = memory.allocate(capacity * this.#coordinate);
    this.#inverses = memory.allocate(capacity * this.#coordinate);
    [this.#slope, this.#x, this.#term] = [
      memory.allocate(this.#coordinate),
      memory.allocate(this.#coordinate),
      memory.allocate(this.#coordinate),
    ];
    // What the inversion takes for its products.
    memory.scratch((capacity + 1) * this.#coordinate);
  }

  /**
   * Has `point` added to `sum` when the round ends; no sum twice in a round.
   * Neither is zero, and they are neither the same nor negatives of each other.
   */
  add(sum: number, point: number): void {
    const index = this.#count++;
    this.#sums[index] = sum;
    this.#points[index] = point;
    this.#subtract(point, sum, this.#differences + index * this.#coordinate);
  }

  /** Makes the additions of the round. */
  endRound(): void {
    const size = this.#coordinate;
    this.#inverse(this.#differences, size, this.#count, this.#inverses, size);
    for (let index = 0; index < this.#count; index++) {
      const sum = this.#sums[index] ?? 0;
      const point = this.#points[index] ?? 0;
      this.#subtract(point + size, sum + size, this.#term);
      this.#multiply(this.#term, this.#inverses + index * size, this.#slope);
      // x = slope² − x1 − x2, y = slope·(x1 − x) − y1
      this.#square(this.#slope, this.#x);
      this.#subtract(this.#x, sum, this.#x);
      this.#subtract(this.#x, point, this.#x);
      this.#subtract(sum, this.#x, this.#term);
      this.#copy(this.#x, sum);
      this.#multiply(this.#term, this.#slope, this.#term);
      this.#subtract(this.#term, sum + size, sum + size);
    }
    this.#count = 0;
  }
}
