import { fileURLToPath } from "node:url";
import type { Curve, Point } from "ffjavascript";
import { Piscina } from "piscina";
import { CurveMemory, type CurveModule, type GroupName, POINT_BYTES } from "../../keys/curve-memory.ts";
import type { WindowThreadData } from "./window-thread.ts";
import { type WindowTask, windowSums } from "../../keys/window-sums.ts";
import { MODULE_THREADS } from "../../../places/module-threads.ts";

const SCALAR_BITS = 254;
const MAX_WIDTH = 16;
/** What a bucket costs when a window's buckets are combined, in additions of bases. */
const BUCKET_COST = 4.5;
/** Several for each thread, so that all end at nearly the same time. */
const TASKS_PER_THREAD = 2;

/** Sums of some windows, Jacobian points one after the other. */
type SumWindows = (task: WindowTask) => Promise<Uint8Array>;

/**
 * Σ scalar·base over affine bases, which is three quarters of a proof's work. ffjavascript's own adds on
 * Jacobian points, takes windows so wide that most additions are spent on combining buckets, and hands every
 * window all points anew.
 */
export class MultiExponentiation {
  readonly #curve: Curve;
  readonly #tasks: number;
  readonly #sumWindows: SumWindows;

  private constructor(curve: Curve, tasks: number, sumWindows: SumWindows) {
    this.#curve = curve;
    this.#tasks = tasks;
    this.#sumWindows = sumWindows;
  }

  /**
   * @param threads 1: everything runs in the calling thread. More: that many, which end with the calling
   * thread.
   */
  static async start(curve: Curve, module: CurveModule, threads: number): Promise<MultiExponentiation> {
    if (threads === 1) {
      const memory = await CurveMemory.create(module);
      return new MultiExponentiation(curve, 1, async (task) => windowSums(memory, task));
    }
    const workerData: WindowThreadData = { module };
    const pool = new Piscina<WindowTask, Uint8Array>({
      ...MODULE_THREADS,
      filename: fileURLToPath(new URL("./window-thread.ts", import.meta.url)),
      minThreads: threads,
      maxThreads: threads,
      workerData,
    });
    return new MultiExponentiation(curve, threads * TASKS_PER_THREAD, (task) => pool.run(task));
  }

  /**
   * @param bases as in a `.zkey`; zeros are the point at infinity.
   * @param scalars 32 bytes each, little-endian, below 2^254. Both are copied for each thread unless their
   * memory is shared.
   */
  async sum(name: GroupName, bases: Uint8Array, scalars: Uint8Array): Promise<Point> {
    const { jacobian, affine } = POINT_BYTES[name];
    const group = name === "g1" ? this.#curve.G1 : this.#curve.G2;
    const width = bestWidth(bases.length / affine);
    const count = Math.ceil(SCALAR_BITS / width);
    const tasks = Math.min(this.#tasks, count);
    // Neighbouring windows go to different tasks: small scalars leave the high ones empty.
    const sums = await Promise.all(
      Array.from({ length: tasks }, (_, task) => {
        const windows = Array.from(
          { length: Math.ceil((count - task) / tasks) },
          (_, index) => task + index * tasks,
        );
        return this.#sumWindows({ group: name, bases, scalars, width, windows });
      }),
    );
    let result = group.zero;
    for (let window = count - 1; window >= 0; window--) {
      if (!group.isZero(result)) for (let bit = 0; bit < width; bit++) result = group.double(result);
      const at = Math.floor(window / tasks) * jacobian;
      const sum = sums[window % tasks]?.slice(at, at + jacobian);
      if (sum === undefined) throw new RangeError("A thread returned too few sums");
      result = group.add(result, sum);
    }
    return result;
  }
}

/**
 * The width with the least work: an addition per base and window, and the combination of each window's
 * buckets.
 */
function bestWidth(count: number): number {
  const cost = (width: number): number => Math.ceil(SCALAR_BITS / width) * (count + BUCKET_COST * 2 ** width);
  let best = 1;
  for (let width = 2; width <= MAX_WIDTH; width++) if (cost(width) < cost(best)) best = width;
  return best;
}
