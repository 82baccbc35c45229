import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { CombPoints } from "./comb.ts";
import type { CombTask } from "./comb-worker.ts";
import type { CurveModule, GroupName } from "./curve-memory.ts";
import { ELEMENT_BYTES } from "./little-endian.ts";

export interface MultiplierOptions {
  /** Worker threads; at most and by default as many as there are processors. */
  readonly threads?: number;
  /** Called with the part of the work that is done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Scalars, 32 bytes each, to be multiplied with the generator of a group. */
export type MultiplierJob = readonly [group: GroupName, scalars: Uint8Array];

/** Multiples in one task of a thread: some 50 ms of work. */
const TASK_SIZE = 2048;
/** Widths of windows among which the best is chosen; tables of the widest take 36 MB in G1. */
const WINDOWS = [6, 8, 10, 11, 12, 13, 14, 15] as const;
/**
 * What an entry of a table costs, in additions: one on Jacobian points, and its part of making the row
 * affine.
 */
const ENTRY_COST = 2.9;
/** Bits of a scalar. */
const SCALAR_BITS = 254;
/** A multiple in G2 costs as much as this many in G1. */
const G2_COST = 3.5;

/** Multiplies generators with all the jobs' scalars on worker threads, which end with the call. */
export async function multiplyGenerators<Name extends string>(
  curve: CurveModule,
  jobs: Readonly<Record<Name, MultiplierJob>>,
  options: MultiplierOptions,
): Promise<Record<Name, CombPoints>> {
  const names = Object.keys(jobs) as Name[];
  const total = names.reduce((sum, name) => sum + costOf(jobs[name]), 0);
  const threads = Math.max(1, Math.min(options.threads ?? Infinity, availableParallelism()));
  const multiplesPerThread = (group: GroupName): number =>
    names.reduce((sum, name) => sum + (jobs[name][0] === group ? jobs[name][1].length : 0), 0) /
    (ELEMENT_BYTES * threads);
  const windows = { g1: bestWindow(multiplesPerThread("g1")), g2: bestWindow(multiplesPerThread("g2")) };
  const pool = new Piscina<CombTask, CombPoints>({
    filename: fileURLToPath(new URL("./comb-worker.ts", import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
  });
  let done = 0;
  const multiply = async ([group, scalars]: MultiplierJob): Promise<CombPoints> => {
    const parts: Promise<CombPoints>[] = [];
    for (let offset = 0; offset < scalars.length; offset += TASK_SIZE * ELEMENT_BYTES) {
      const part = scalars.slice(offset, offset + TASK_SIZE * ELEMENT_BYTES);
      const task = pool.run(
        { curve, group, window: windows[group], scalars: part },
        { signal: options.signal ?? null },
      );
      parts.push(
        task.then((points) => {
          done += costOf([group, part]);
          options.onProgress?.(done / total);
          return points;
        }),
      );
    }
    const results = await Promise.all(parts);
    return {
      points: Buffer.concat(results.map(({ points }) => points)),
      uncompressed: Buffer.concat(results.map(({ uncompressed }) => uncompressed)),
    };
  };
  try {
    const results = await Promise.all(names.map(async (name) => [name, await multiply(jobs[name])] as const));
    return Object.fromEntries(results) as Record<Name, CombPoints>;
  } finally {
    await pool.destroy();
  }
}

/** The width with which a thread does the fewest additions, those for its table included. */
function bestWindow(multiples: number): number {
  const additions = (width: number): number =>
    Math.ceil(SCALAR_BITS / width) * (2 ** width * ENTRY_COST + multiples);
  return WINDOWS.reduce((best, width) => (additions(width) < additions(best) ? width : best));
}

function costOf([group, scalars]: MultiplierJob): number {
  return (scalars.length / ELEMENT_BYTES) * (group === "g2" ? G2_COST : 1);
}
