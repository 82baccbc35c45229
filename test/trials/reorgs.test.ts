import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { z } from "zod";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { nodes } from "../post/nodes.ts";
import { audit } from "./support/audit.ts";
import { ask } from "./support/json-rpc.ts";
import { fillPurses } from "./support/purses.ts";
import { randomOf } from "./support/random.ts";
import { say } from "./support/say.ts";
import { type Accepted, Traffic } from "./support/traffic.ts";
import { TrialWorld } from "./support/world.ts";

const PATIENCE = 120_000;
const status = z.object({
  state: z.string(),
  code: z.string().optional(),
  blockNumber: z.string().optional(),
});

/** How a node comes to another history. */
type Way = "shorter" | "longer" | "anvil_reorg";
const WAYS: Readonly<Record<Way, string>> = {
  shorter: "goes back, and nothing else has happened",
  longer: "goes back, and others' blocks are there at once",
  anvil_reorg: "replaces blocks by empty ones",
};

for (const { name, missing, start } of nodes) {
  const title = `a reorganisation on ${name}`;
  describe(missing === undefined ? title : `${title}: ${missing}`, function () {
    this.timeout(20 * 60_000);
    before(function () {
      if (missing !== undefined) this.skip();
    });
    let world: TrialWorld;
    let traffic: Traffic;
    afterEach(async () => {
      await world.close();
    });

    async function begin(reorgDepth: bigint): Promise<void> {
      world = await TrialWorld.start({ start, users: 4, builders: 1, reorgDepth });
      const proxies = await fillPurses(world);
      const kinds = ["deposit", "bring", "onA", "out", "ledger"] as const;
      traffic = new Traffic(world, { proxies, patience: PATIENCE, random: randomOf("reorgs"), kinds });
      traffic.calm();
    }
    const head = async (): Promise<bigint> => await world.lockstep.l1.reader.getBlockNumber();
    const statusOf = async ({ hash, by }: Accepted) =>
      status.parse(await ask(by.gateways?.l1 ?? "", "lockstep_transactionStatus", [hash]));

    /** L1 grows by at least so many blocks, most of them the builder's, and loses them again. */
    async function reorganise(depth: number, way: Way): Promise<number> {
      const { node } = world.lockstep.l1;
      const before = await head();
      const snapshot = way === "anvil_reorg" ? undefined : await node.snapshot();
      let bursts = 0;
      const most = Math.max(1, Math.min(depth - 3, 12));
      // One burst alone for the shallowest, so that it is no deeper.
      if (depth === 1) await traffic.burst(1);
      else await traffic.run(() => ++bursts > world.users.length && bursts > most);
      const grown = Number((await head()) - before);
      if (grown < depth) await node.mine({ blocks: depth - grown });
      const lost = Math.max(grown, depth);
      if (snapshot === undefined) {
        await ask(world.lockstep.l1.url, "anvil_reorg", [lost, []]);
        return lost;
      }
      await node.revert({ id: snapshot });
      if (way === "longer") await node.mine({ blocks: lost + 1 });
      return lost;
    }

    /** The builder has seen it, and has posted again what was gone. */
    async function untilPosted(wanted: readonly Accepted[]): Promise<void> {
      const [builder] = world.builders;
      await until(() => builder?.counts.has("reorganised") === true, "it is seen");
      for (const accepted of wanted) {
        const said = async () =>
          `${accepted.kind} ${accepted.hash}: ${JSON.stringify(await statusOf(accepted))}`;
        await until(async () => (await statusOf(accepted)).state === "posted", said);
      }
    }

    async function until(
      isSo: () => boolean | Promise<boolean>,
      what: string | (() => Promise<string>),
    ): Promise<void> {
      const end = performance.now() + PATIENCE;
      while (!(await isSo())) {
        if (performance.now() > end) expect.fail(typeof what === "string" ? what : await what());
        await sleep(50);
      }
    }

    const ways: Way[] = name === "anvil" ? ["shorter", "longer", "anvil_reorg"] : ["shorter", "longer"];
    for (const way of ways) {
      for (const depth of [1, 5, 20, 64]) {
        it(`of depth ${depth}: the node ${WAYS[way]}; what was posted is included again`, async () => {
          await begin(80n);
          await using follower = await world.follow();
          const deep = await reorganise(depth, way);
          await untilPosted(traffic.accepted);
          say(`${deep} blocks, ${traffic.accepted.length} transactions`);
          await traffic.run(() => true);
          await audit(world, traffic);
          const { l1, ledger, rollups: address } = world.lockstep;
          for (const id of [ledger, world.a]) {
            const read = { address, abi: rollupsAbi, functionName: "rollupOf", args: [id] } as const;
            const { root } = await l1.reader.readContract(read);
            expect(await follower.stateRoot(id), "a follower that saw both histories").to.equal(BigInt(root));
          }
        });
      }
    }

    it("deeper than the builder waits for is told, and nothing is said to be posted that is not", async () => {
      await begin(5n);
      const deep = await reorganise(20, "longer");
      await until(() => world.builders[0]?.counts.has("failed") === true, "it is seen");
      const isTold = async (accepted: Accepted) =>
        ["posted", "failed"].includes((await statusOf(accepted)).state);
      for (const accepted of traffic.accepted) await until(() => isTold(accepted), accepted.hash);
      const told = await Promise.all(traffic.accepted.map(statusOf));
      const groups = Map.groupBy(told, ({ state, code }) => code ?? state);
      const line = [...groups].map(([state, all]) => `${all.length} ${state}`).join(", ");
      say(`${deep} blocks, ${told.length} transactions: ${line}`);
      expect(told.filter(({ code }) => code === "REORGANISED_TOO_DEEP").length).to.be.greaterThan(0);
    });
  });
}
