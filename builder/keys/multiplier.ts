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
  readonly signal?: AbortSignal;
}

/** Scalars, 32 bytes each, to be multiplied with the generator of a group. */
export type MultiplierJob = readonly [group: GroupName, scalars: Uint8Array];

/** Multiples in one task of a thread: some 50 ms of work. */
const TASK_SIZE = 2048;
/** From this many multiples on the larger tables pay off. */
const LARGE = 8192;
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
  const count = names.reduce((sum, name) => sum + jobs[name][1].length / ELEMENT_BYTES, 0);
  const window = count < LARGE ? 6 : 12;
  const threads = Math.max(1, Math.min(options.threads ?? Infinity, availableParallelism()));
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
      const task = pool.run({ curve, group, window, scalars: part }, { signal: options.signal ?? null });
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

function costOf([group, scalars]: MultiplierJob): number {
  return (scalars.length / ELEMENT_BYTES) * (group === "g2" ? G2_COST : 1);
}
