import fc from "fast-check";
import type { Program } from "./program.ts";
import { programs } from "./programs.ts";

/** Some of the programs of a seed. */
export interface Shard {
  readonly seed: number;
  /** Frames inside frames. */
  readonly depth: number;
  /** Index of the first program. */
  readonly from: number;
  /** Index after the last one. */
  readonly to: number;
}

/** A program, and where among its seed's it stands. */
export interface NumberedProgram {
  readonly index: number;
  readonly program: Program;
}

/**
 * Programs that are made at once: making one takes less than to run it, but all of a long run are more than
 * memory holds.
 */
const CHUNK = 32;

/** The programs of a shard, in order. The n-th of a seed is the same in every shard that has it. */
export function* programsOf({ seed, depth, from, to }: Shard): Generator<NumberedProgram> {
  const arbitrary = programs(depth);
  for (let start = from; start < to; start += CHUNK) {
    const numRuns = Math.min(CHUNK, to - start);
    // A path of one number skips that many programs.
    for (const [at, program] of fc.sample(arbitrary, { seed, numRuns, path: String(start) }).entries())
      yield { index: start + at, program };
  }
}
