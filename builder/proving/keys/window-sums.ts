import { AffineSums } from "./affine-sums.ts";
import { type CurveFunction, type CurveMemory, type GroupName, POINT_BYTES } from "./curve-memory.ts";
import { digitAt } from "./digits.ts";
import { ELEMENT_BYTES } from "./little-endian.ts";

/** Some windows of a multi-exponentiation. */
export interface WindowTask {
  readonly group: GroupName;
  /** Affine, as in a `.zkey`; zeros are the point at infinity. */
  readonly bases: Uint8Array;
  /** 32 bytes each, little-endian. */
  readonly scalars: Uint8Array;
  /** Bits of a window, at most 16. */
  readonly width: number;
  /** Which windows: number j has bits j·width and up. */
  readonly windows: readonly number[];
}

/** Additions that share an inversion: more would not fit into a processor's cache. */
const ROUND = 1024;

/**
 * For each window Σ digit·base, by Pippenger's buckets: bases with the same digit are added up first. Within
 * buckets points are added in pairs, then the sums in pairs and so on, so that a thousand additions at a time
 * share one inversion.
 * @returns Jacobian points.
 */
export function windowSums(memory: CurveMemory, task: WindowTask): Uint8Array<ArrayBuffer> {
  const { jacobian } = POINT_BYTES[task.group];
  return memory.scoped(() => {
    const results = memory.allocate(task.windows.length * jacobian);
    const buckets = new Buckets(memory, task);
    for (const [index, window] of task.windows.entries()) buckets.sum(window, results + index * jacobian);
    return memory.bytes(results, task.windows.length * jacobian).slice();
  });
}

class Buckets {
  readonly #task: WindowTask;
  readonly #affine: number;
  readonly #count: number;
  readonly #bases: number;
  readonly #isInfinity: Uint8Array;
  /** Where sums of pairs go: bases stay as they are. */
  readonly #sumsOfPairs: number;
  readonly #sums: AffineSums;
  readonly #running: number;
  readonly #double: CurveFunction;
  readonly #toAffine: CurveFunction;
  readonly #copyAffine: CurveFunction;
  readonly #addMixed: CurveFunction;
  readonly #add: CurveFunction;
  readonly #zero: CurveFunction;
  readonly #equal: CurveFunction;
  /** Addresses of the points of each bucket, one bucket after the other. */
  readonly #points: Uint32Array;
  readonly #digits: Uint16Array;
  readonly #starts: Uint32Array;
  readonly #sizes: Uint32Array;

  constructor(memory: CurveMemory, task: WindowTask) {
    const { affine, jacobian } = POINT_BYTES[task.group];
    const { bases, width } = task;
    this.#task = task;
    this.#affine = affine;
    this.#count = bases.length / affine;
    this.#isInfinity = zeros(bases, affine);
    this.#bases = memory.allocate(bases.length);
    this.#sumsOfPairs = memory.allocate(Math.ceil(this.#count / 2) * affine);
    this.#running = memory.allocate(jacobian);
    this.#sums = new AffineSums(memory, task.group, ROUND);
    memory.write(this.#bases, bases);
    this.#double = memory.function(`${task.group}m_doubleAffine`);
    this.#toAffine = memory.function(`${task.group}m_toAffine`);
    this.#copyAffine = memory.function(`${task.group}m_copyAffine`);
    this.#addMixed = memory.function(`${task.group}m_addMixed`);
    this.#add = memory.function(`${task.group}m_add`);
    this.#zero = memory.function(`${task.group}m_zero`);
    this.#equal = memory.function(`f${task.group === "g1" ? 1 : 2}m_eq`);
    this.#points = new Uint32Array(this.#count);
    this.#digits = new Uint16Array(this.#count);
    this.#starts = new Uint32Array(2 ** width);
    this.#sizes = new Uint32Array(2 ** width);
  }

  /** Writes the sum of a window to `result`. */
  sum(window: number, result: number): void {
    this.#fill(window);
    this.#reduce();
    this.#combine(result);
  }

  /** Sorts the bases into buckets by their digits. Digit 0 adds nothing, and neither does infinity. */
  #fill(window: number): void {
    const { scalars, width } = this.#task;
    this.#sizes.fill(0);
    for (let index = 0; index < this.#count; index++) {
      const digit =
        this.#isInfinity[index] === 1 ? 0 : digitAt(scalars, index * ELEMENT_BYTES, window * width, width);
      this.#digits[index] = digit;
      this.#sizes[digit] = (this.#sizes[digit] ?? 0) + 1;
    }
    let start = 0;
    for (let digit = 1; digit < this.#sizes.length; digit++) {
      this.#starts[digit] = start;
      start += this.#sizes[digit] ?? 0;
    }
    const next = this.#starts.slice();
    for (let index = 0; index < this.#count; index++) {
      const digit = this.#digits[index] ?? 0;
      if (digit === 0) continue;
      const place = next[digit] ?? 0;
      this.#points[place] = this.#bases + index * this.#affine;
      next[digit] = place + 1;
    }
  }

  /** Adds up each bucket until one point is left of it, or none. */
  #reduce(): void {
    let fresh = this.#sumsOfPairs;
    for (let isDone = false, isFirst = true; !isDone; isFirst = false) {
      isDone = true;
      let pending = 0;
      for (let digit = 1; digit < this.#sizes.length; digit++) {
        const size = this.#sizes[digit] ?? 0;
        if (size < 2) continue;
        const start = this.#starts[digit] ?? 0;
        let kept = start;
        for (let at = start; at + 1 < start + size; at += 2) {
          let sum = this.#points[at] ?? 0;
          const point = this.#points[at + 1] ?? 0;
          // After the first round only the last point of a bucket can still be a base, and that is the sum of
          // no two points.
          if (isFirst) {
            this.#copyAffine(sum, fresh);
            sum = fresh;
            fresh += this.#affine;
          }
          if (this.#equal(sum, point) === 1) {
            if (this.#addAlike(sum, point)) this.#points[kept++] = sum;
            continue;
          }
          this.#sums.add(sum, point);
          this.#points[kept++] = sum;
          if (++pending === ROUND) {
            this.#sums.endRound();
            pending = 0;
          }
        }
        if (size % 2 === 1) this.#points[kept++] = this.#points[start + size - 1] ?? 0;
        this.#sizes[digit] = kept - start;
        if (kept - start > 1) isDone = false;
      }
      this.#sums.endRound();
    }
  }

  /**
   * Adds two points with the same x.
   * @returns false when they cancel out.
   */
  #addAlike(sum: number, point: number): boolean {
    const y = this.#affine / 2;
    if (this.#equal(sum + y, point + y) !== 1) return false;
    this.#double(sum, this.#running);
    this.#toAffine(this.#running, sum);
    return true;
  }

  /** Σ digit·bucket, as the sum of all sums of buckets from the last one down. */
  #combine(result: number): void {
    this.#zero(this.#running);
    this.#zero(result);
    let isZero = true;
    for (let digit = this.#sizes.length - 1; digit > 0; digit--) {
      if (this.#sizes[digit] === 1) {
        this.#addMixed(this.#running, this.#points[this.#starts[digit] ?? 0] ?? 0, this.#running);
        isZero = false;
      }
      if (!isZero) this.#add(result, this.#running, result);
    }
  }
}

/** 1 for each point that is all zeros. */
function zeros(points: Uint8Array, size: number): Uint8Array {
  const aligned = points.byteOffset % 4 === 0 ? points : points.slice();
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  const length = size / 4;
  return Uint8Array.from({ length: points.length / size }, (_, index) => {
    for (let word = index * length; word < (index + 1) * length; word++) if (words[word] !== 0) return 0;
    return 1;
  });
}
