import { setTimeout as sleep } from "node:timers/promises";
import { nodes } from "../post/nodes.ts";
import { audit } from "./support/audit.ts";
import { fillPurses } from "./support/purses.ts";
import { randomOf } from "./support/random.ts";
import { say } from "./support/say.ts";
import { Traffic } from "./support/traffic.ts";
import { TrialWorld } from "./support/world.ts";

/** How many transactions users send; the last burst may go beyond. */
const TRANSACTIONS = Number(process.env.LOCKSTEP_TRIAL_TRANSACTIONS ?? 300);
const USERS = 8;
/** What an accepted transaction may take, milliseconds, on a machine that does other things too. */
const PATIENCE = 120_000;

for (const { name, missing, start } of nodes) {
  const title = `two builders on ${name}`;
  describe(missing === undefined ? title : `${title}: ${missing}`, function () {
    this.timeout(60 * 60_000);
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

    it(`include ${TRANSACTIONS} transactions of ${USERS} users, each once`, async () => {
      const proxies = await fillPurses(world);
      const traffic = new Traffic(world, { proxies, patience: PATIENCE, random: randomOf("two builders") });
      traffic.calm();
      const begin = performance.now();
      await traffic.run(() => traffic.accepted.length >= TRANSACTIONS);
      const seconds = (performance.now() - begin) / 1_000;
      const posted = world.builders.map(({ counts }) => counts.get("posted") ?? 0);
      say(
        `${traffic.accepted.length} accepted in ${seconds.toFixed(0)} s, ${traffic.lost.length} lost, ` +
          `${traffic.refusals.length} refused first; batches by builder: ${posted.join(" and ")}`,
      );
      for (const [reason, times] of Map.groupBy(traffic.refusals, (text) => text.slice(0, 200)))
        say(`  ${times.length} × ${reason}`);
      for (const { faults } of world.builders) for (const fault of faults) say(`  ${fault.slice(0, 600)}`);
      await sleep(100);
      await audit(world, traffic);
    });
  });
}
