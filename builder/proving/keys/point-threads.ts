import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { CurveMemory, type CurveModule, type GroupName, POINT_BYTES } from "./curve-memory.ts";
import { PointCheck } from "./point-check.ts";
import type { PointAnswer, PointTask, PointThreadData } from "./point-thread.ts";

/** Points of one check: some 50 ms of work. */
const CHECKED_AT_ONCE = 1 << 15;
/** What a bucket costs when a window's buckets are combined, in additions of bases. */
const BUCKET_COST = 4.5;
/** More than any function of the module takes for itself. */
const SCRATCH_BYTES = 1 << 18;

/** Bases with a scalar each: 32 bytes, little-endian. Shared memory is not copied for the threads. */
export interface Combination {
  readonly group: GroupName;
  /** Affine, as in a `.zkey`, and checked: see {@link PointThreads.firstInvalid}. */
  readonly bases: Uint8Array;
  readonly scalars: Uint8Array;
  /** Bits of a scalar. */
  readonly bits: number;
  /** Widest window allowed. */
  readonly maxWidth?: number;
}

/** Checks and adds up large numbers of points on worker threads. */
export class PointThreads implements AsyncDisposable {
  readonly #pool: Piscina<PointTask, PointAnswer>;
  readonly #memory: CurveMemory;
  readonly #threads: number;

  private constructor(pool: Piscina<PointTask, PointAnswer>, memory: CurveMemory, threads: number) {
    this.#pool = pool;
    this.#memory = memory;
    this.#threads = threads;
  }

  static async start(module: CurveModule, limit = Infinity): Promise<PointThreads> {
    const threads = Math.max(1, Math.min(limit, availableParallelism()));
    const workerData: PointThreadData = { module };
    const pool = new Piscina<PointTask, PointAnswer>({
      filename: fileURLToPath(new URL("./point-thread.ts", import.meta.url)),
      minThreads: threads,
      maxThreads: threads,
      workerData,
    });
    return new PointThreads(pool, await CurveMemory.create(module), threads);
  }

  /** As {@link PointCheck.firstInvalid}. */
  async firstInvalid(group: GroupName, points: Uint8Array): Promise<number | undefined> {
    const step = CHECKED_AT_ONCE * POINT_BYTES[group].affine;
    const pieces = Array.from({ length: Math.ceil(points.length / step) }, async (_, index) => {
      const piece = points.subarray(index * step, (index + 1) * step);
      const answer = await this.#pool.run({ do: "check", group, points: piece });
      if (answer.kind !== "checked") throw new TypeError("A thread answered something else");
      return answer.firstInvalid === undefined ? undefined : index * CHECKED_AT_ONCE + answer.firstInvalid;
    });
    return (await Promise.all(pieces)).find((found) => found !== undefined);
  }

  /**
   * Σ scalar·base, an affine point.
   * @returns undefined when the sum of a window is outside of G2's subgroup. Windows are combinations of
   * their own: with random scalars each passes a base from outside with a chance of 2^-width, as long as
   * 2^width is less than the smallest factor of the cofactor, 10069; all of them together with 2^-bits.
   */
  async sum({
    group,
    bases,
    scalars,
    bits,
    maxWidth = 16,
  }: Combination): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { affine, jacobian } = POINT_BYTES[group];
    const width = bestWidth(bases.length / affine, bits, maxWidth);
    const count = Math.ceil(bits / width);
    const tasks = Math.min(count, 2 * this.#threads);
    const sums = await Promise.all(
      Array.from({ length: tasks }, async (_, task) => {
        const windows = Array.from(
          { length: Math.ceil((count - task) / tasks) },
          (_, index) => task + index * tasks,
        );
        const answer = await this.#pool.run({ do: "sum", group, bases, scalars, width, windows });
        if (answer.kind !== "sums") throw new TypeError("A thread answered something else");
        return answer.sums;
      }),
    );
    const memory = this.#memory;
    return memory.scoped(() => {
      const [total, sum, result] = [jacobian, jacobian, affine].map((size) => memory.allocate(size));
      if (total === undefined || sum === undefined || result === undefined) throw new RangeError("no memory");
      const [double, add] = [memory.function(`${group}m_double`), memory.function(`${group}m_add`)];
      const check = new PointCheck(memory, group);
      memory.scratch(SCRATCH_BYTES);
      memory.function(`${group}m_zero`)(total);
      for (let window = count - 1; window >= 0; window--) {
        for (let bit = 0; bit < width; bit++) double(total, total);
        const at = Math.floor(window / tasks) * jacobian;
        memory.write(sum, (sums[window % tasks] ?? new Uint8Array()).subarray(at, at + jacobian));
        if (group === "g2" && !check.isInSubgroup(sum)) return undefined;
        add(total, sum, total);
      }
      memory.function(`${group}m_toAffine`)(total, result);
      return memory.bytes(result, affine).slice();
    });
  }

  /** Sum of some affine points. */
  add(group: GroupName, points: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
    const { affine, jacobian } = POINT_BYTES[group];
    const memory = this.#memory;
    return memory.scoped(() => {
      const [total, point] = [memory.allocate(jacobian), memory.allocate(affine)];
      memory.scratch(SCRATCH_BYTES);
      memory.function(`${group}m_zero`)(total);
      for (const bytes of points) {
        memory.write(point, bytes);
        memory.function(`${group}m_addMixed`)(total, point, total);
      }
      memory.function(`${group}m_toAffine`)(total, point);
      return memory.bytes(point, affine).slice();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}

/**
 * The width with the least work: an addition per base and window, and the combination of each window's
 * buckets.
 */
function bestWidth(count: number, bits: number, most: number): number {
  const cost = (width: number): number => Math.ceil(bits / width) * (count + BUCKET_COST * 2 ** width);
  let best = 1;
  for (let width = 2; width <= most; width++) if (cost(width) < cost(best)) best = width;
  return best;
}
