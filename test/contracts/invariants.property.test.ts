import { expect } from "chai";
import fc from "fast-check";
import { build, type WorldContracts } from "./worlds/contracts.ts";
import { seedOf } from "./seed.ts";
import { Pick } from "./worlds/pick.ts";
import { World } from "./worlds/world.ts";

/** Replays what an earlier run printed. */
const SEED = seedOf("LOCKSTEP_WORLD_SEED");
/** Replays one world of it alone. */
const PATH = process.env.LOCKSTEP_WORLD_PATH;
const WORLDS = Number(process.env.LOCKSTEP_WORLDS ?? 12);

/** Worlds in which nothing of this happens would prove nothing. */
const MUST_HAPPEN = [
  "ExecutionConsumed",
  "ExecutionFailed",
  "success",
  "reverted",
  "ExecutionNotFound",
  "UnexpectedAction",
  "NotProxy",
];
/** Of 30 sets of 12 worlds one lacks something; that all of so many lack the same is never seen. */
const MOST_SETS = 6;

describe("Rollups: random worlds against a model", () => {
  let contracts: WorldContracts;

  before(async function () {
    this.timeout(120_000);
    contracts = await build();
  });

  it(`plays ${String(WORLDS)} worlds as the model does (LOCKSTEP_WORLD_SEED=${String(SEED)})`, async function () {
    this.timeout(60_000 + MOST_SETS * WORLDS * 10_000);
    const start = await contracts.setup.networkHelpers.takeSnapshot();
    const seen = new Set<string>();
    const property = fc.asyncProperty(fc.gen(), async (value) => {
      const world = new World(contracts, new Pick(value));
      try {
        await world.play();
      } finally {
        await start.restore();
      }
      for (const what of world.seen) seen.add(what);
    });
    const missing = (): readonly string[] => MUST_HAPPEN.filter((what) => !seen.has(what));
    for (let set = 0; set === 0 || (missing().length > 0 && set < MOST_SETS); set++) {
      await fc.assert(property, {
        seed: SEED + set,
        numRuns: WORLDS,
        endOnFailure: true,
        ...(PATH === undefined ? {} : { path: PATH }),
      });
      if (PATH !== undefined || WORLDS < 12) return;
    }
    expect(missing(), "what must happen in some world").to.deep.equal([]);
  });
});
