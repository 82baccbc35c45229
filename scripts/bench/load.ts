/**
 * A builder under load: `npm run bench load -- --users U --transactions N --mix a,l1,plain`. Node and builder
 * share this process, as on a devnet; users have a thread. Nothing is proven but in the mix `proven-ledger`.
 *
 * - `a`: each user sends N / U transactions to the EVM rollup A, one behind the other without waiting
 * - `l1`: the same, from L1 into A
 * - `ledger`: transactions signed for a ledger whose proofs are taken on trust
 * - `proven-ledger`: the same with real proofs, by the prover that a builder has by default and with
 *   development keys; then that prover makes the same proofs back to back, for comparison
 * - `plain`: payments on L1 through the gateway and to the node itself, in turns
 * - `flood`: N free transactions of A, each from an account of its own, all at once
 *
 * Of busy machines, compare the processor's time: that of this process for each transaction included, the
 * node's and the readers' share with it. `--profile <file>` writes what the main thread did during each mix.
 */
import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { parseArgs } from "node:util";
import { accountAt } from "../../test/core/setup.ts";
import { Jobs } from "./load/jobs.ts";
import { print, quantile, type Result, run, type RunOptions } from "./load/measure.ts";
import { printProven } from "./load/prover-rate.ts";
import type { Job } from "./load/users.ts";
import { openProvenWorld, openWorld, type World } from "./load/world.ts";

const MIXES = ["a", "l1", "ledger", "proven-ledger", "plain", "flood"] as const;

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "20" },
    transactions: { type: "string", default: "200" },
    mix: { type: "string", default: "a,l1,plain" },
    patience: { type: "string", default: "300" },
    profile: { type: "string" },
  },
});
const users = Number(values.users);
const transactions = Number(values.transactions);
const options: RunOptions = { patience: Number(values.patience) * 1_000, address: accountAt(3).address };
const mixes = values.mix.split(",").map((name) => {
  const mix = MIXES.find((each) => each === name);
  if (mix === undefined) throw new RangeError(`"${name}" is none of ${MIXES.join(", ")}`);
  return mix;
});

/** How often the gateway's rate and the node's are compared. */
const TURNS = 5;

/** Microseconds between two looks at what the main thread does. */
const SAMPLING = 200;

/** Lets `work` be profiled, if that is asked for. */
async function profiled<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  if (values.profile === undefined) return await work();
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLING });
  await session.post("Profiler.start");
  const result = await work();
  const { profile } = await session.post("Profiler.stop");
  await writeFile(`${values.profile}-${name}.cpuprofile`, JSON.stringify(profile));
  session.disconnect();
  return result;
}

/** In turns, since other programs of the machine come and go; the first pair warms up. */
async function comparePlain(world: World, jobs: Jobs): Promise<void> {
  const at = async (place: "node" | "gateway"): Promise<Result> => {
    const url = place === "node" ? world.lockstep.l1.url : world.gateways.l1.url;
    const moved: Job[][] = (await jobs.of("plain")).map((own) => own.map(({ raw }) => ({ url, raw })));
    const work = () => run(world, `plain, at the ${place}`, moved, { ...options, pause: 100, isFinal: true });
    return await profiled(`plain-${place}`, work);
  };
  const shares: number[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const there = await at("node");
    const here = await at("gateway");
    if (turn === 0) continue;
    print(there);
    print(here);
    shares.push((here.perSecond / there.perSecond) * 100);
  }
  console.log(`plain: ${quantile(shares, 0.5)} % of the node's own rate (median)`);
}

console.log(`${users} users, ${transactions} transactions each mix; milliseconds`);
const unproven = mixes.filter((mix) => mix !== "proven-ledger");
if (unproven.length > 0) {
  const world = await openWorld();
  const jobs = await Jobs.open(world, { users, transactions });
  // Code is warm, and the ledger's accounts exist.
  const few = (await jobs.of("l1")).slice(0, 2).map((own) => own.slice(0, 1));
  await run(world, "l1", few, options);
  for (const mix of unproven) {
    if (mix === "plain") {
      await comparePlain(world, jobs);
      continue;
    }
    const all = await jobs.of(mix);
    print(await profiled(mix, () => run(world, mix, all, options)));
  }
  await world.close();
}
if (mixes.includes("proven-ledger")) {
  const world = await openProvenWorld();
  const jobs = await Jobs.open(world, { users, transactions });
  // Keys are read, and speeds known.
  const first = await jobs.of("ledger");
  await run(world, "ledger", [first[0]?.slice(0, 1) ?? []], options);
  const { prover, workers } = world;
  prover.recorded.length = 0;
  const all = await jobs.of("ledger");
  const result = await profiled("proven-ledger", () => run(world, "proven-ledger", all, options));
  print(result);
  await printProven(
    result,
    prover,
    workers.reduce((sum, { slots }) => sum + slots, 0),
  );
  await world.close();
}
process.exit(0);
