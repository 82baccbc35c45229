import { expect } from "chai";
import fc from "fast-check";
import { build, type Theatre } from "./worlds/stage.ts";
import { Pick } from "./worlds/pick.ts";
import { World } from "./worlds/world.ts";

/** Replays what an earlier run printed. */
const SEED = Number(process.env.LOCKSTEP_WORLD_SEED ?? Date.now() % 2 ** 31);
/** Replays one world of it alone. */
const PATH = process.env.LOCKSTEP_WORLD_PATH;
const WORLDS = Number(process.env.LOCKSTEP_WORLDS ?? 12);

describe("Rollups: random worlds against a model", () => {
  let theatre: Theatre;

  before(async function () {
    this.timeout(120_000);
    theatre = await build();
  });

  it(`plays ${String(WORLDS)} worlds as the model does (LOCKSTEP_WORLD_SEED=${String(SEED)})`, async function () {
    this.timeout(60_000 + WORLDS * 10_000);
    const start = await theatre.setup.networkHelpers.takeSnapshot();
    const seen = new Map<string, number>();
    const property = fc.asyncProperty(fc.gen(), async (value) => {
      const world = new World(theatre, new Pick(value));
      try {
        await world.play();
      } finally {
        await start.restore();
      }
      for (const what of world.seen) seen.set(what, (seen.get(what) ?? 0) + 1);
    });
    await fc.assert(property, {
      seed: SEED,
      numRuns: WORLDS,
      endOnFailure: true,
      ...(PATH === undefined ? {} : { path: PATH }),
    });
    // Worlds in which nothing happens would prove nothing.
    if (PATH !== undefined || WORLDS < 12) return;
    for (const what of [
      "ExecutionConsumed",
      "ExecutionFailed",
      "success",
      "reverted",
      "ExecutionNotFound",
      "UnexpectedAction",
      "NotProxy",
    ]) {
      expect(seen.get(what) ?? 0, what).to.be.greaterThan(0);
    }
  });
});
