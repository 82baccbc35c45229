import { CurveMemory, type CurveModule, type GroupName, POINT_BYTES } from "../curve-memory.ts";
import { compileCurve } from "../curve-module.ts";
import { Pairings } from "../pairings.ts";
import { PointCheck } from "../point-check.ts";
import { PointThreads } from "../point-threads.ts";

/** What the checks of keys compute with. */
export interface KeyTools {
  readonly memory: CurveMemory;
  readonly threads: PointThreads;
  readonly pairings: Pairings;
  readonly check: Readonly<Record<GroupName, PointCheck>>;
  /** Affine, as in a `.zkey`. */
  readonly generators: Readonly<Record<GroupName, Uint8Array>>;
}

/** Lends tools, and ends their threads afterwards. */
export async function withKeyTools<Result>(work: (tools: KeyTools) => Promise<Result>): Promise<Result> {
  const curve: CurveModule = await compileCurve();
  const memory = await CurveMemory.create(curve);
  await using threads = await PointThreads.start(curve);
  // The generator is Jacobian with z = 1: its first two coordinates are the affine point.
  const generator = (group: GroupName): Uint8Array =>
    memory.bytes(memory.generators[group], POINT_BYTES[group].affine).slice();
  return await work({
    memory,
    threads,
    pairings: await Pairings.create(curve),
    check: { g1: new PointCheck(memory, "g1"), g2: new PointCheck(memory, "g2") },
    generators: { g1: generator("g1"), g2: generator("g2") },
  });
}
