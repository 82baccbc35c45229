import { setTimeout as sleep } from "node:timers/promises";
import { nodes } from "../post/nodes.ts";
import { audit } from "./support/audit.ts";
import { KILL_POINTS, killAt } from "./support/kill-points.ts";
import { fillPurses } from "./support/purses.ts";
import { randomOf } from "./support/random.ts";
import { say } from "./support/say.ts";
import { Traffic } from "./support/traffic.ts";
import { TrialWorld } from "./support/world.ts";

/** How often a process is killed, on each node. */
const KILLS = Number(process.env.LOCKSTEP_TRIAL_KILLS ?? 300);
const USERS = 6;
/** What an accepted transaction may take once its builder is let alone, milliseconds. */
const PATIENCE = 300_000;
/** One in so many dies again while it starts, one in so many together with the other one. */
const AGAIN = 8;

for (const { name, missing, start } of nodes) {
  const title = `two builders that are killed on ${name}`;
  describe(missing === undefined ? title : `${title}: ${missing}`, function () {
    this.timeout(3 * 60 * 60_000);
    before(function () {
      if (missing !== undefined) this.skip();
    });
    let world: TrialWorld;
    beforeEach(async () => {
      world = await TrialWorld.start({ start, users: USERS, builders: 2 });
    });
    afterEach(async () => {
      await world.close();
    });

    it(`lose nothing and do nothing twice in ${KILLS} deaths`, async () => {
      const random = randomOf("kill points");
      const traffic = new Traffic(world, { proxies: await fillPurses(world), patience: PATIENCE, random });
      let kills = 0;
      const reached = new Map<string, number>();
      const note = (point: string): void => void reached.set(point, (reached.get(point) ?? 0) + 1);
      const killing = Promise.all(
        world.builders.map(async (builder) => {
          while (kills < KILLS) {
            const point = KILL_POINTS[kills++ % KILL_POINTS.length];
            if (point === undefined) throw new RangeError("there are no points");
            note((await killAt(point, builder, random)) ? point.name : "elsewhere");
            if (random() * AGAIN < 1 && kills < KILLS) {
              kills++;
              const starting = builder.run();
              await sleep(random() * 2_000);
              await builder.kill();
              await starting;
              note("starting");
            }
            await builder.run();
            if (kills % 20 < 2) say(`  ${kills} kills, ${traffic.accepted.length} accepted`);
          }
        }),
      );
      let isOver = false;
      const running = traffic.run(() => isOver);
      await killing;
      isOver = true;
      traffic.calm();
      await running;
      say(`${kills} kills, ${traffic.accepted.length} accepted, ${traffic.lost.length} lost`);
      say(`  at ${[...reached].map(([point, count]) => `${point}: ${count}`).join("; ")}`);
      for (const { faults } of world.builders) for (const fault of faults) say(`  ${fault.slice(0, 600)}`);
      for (const line of traffic.lost) say(`  ${line.slice(0, 600)}`);
      await audit(world, traffic);
    });
  });
}
