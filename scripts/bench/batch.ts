/**
 * How long from a simulated batch to a proven one: visits of a ledger, a Groth16 proof each, proven and
 * verified by the builder's pool, which is warm. Measured with 1 worker that uses all processors and with 2
 * that share them; projected for more machines. Usage: node scripts/bench/batch.ts [--rounds <n>] [--rising]
 * [visits …] Sizes of at most 4 visits are medians of 3 rounds, others one round, unless `--rounds` says
 * otherwise. `--rising` gives the visits rising priority numbers, so that proofs start in their order; the
 * builder gives none, so that the longest starts first.
 */
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { loadArtefacts } from "../../builder/proving/circuits/load.ts";
import type { CircuitJob } from "../../builder/proving/circuit-job.ts";
import { chooseBackend } from "../../builder/proving/local-prover.ts";
import { burstVerification, measuredCosts, median, remoteCosts, useOfTime } from "./batch/costs.ts";
import { BenchPool, type MeasuredBatch } from "./batch/measure.ts";
import { printAssumptions, printBatches, printPaths, printUse } from "./batch/report.ts";
import { AHEAD } from "../../builder/proving/redis/messages.ts";
import { type Fleet, simulateBatch, type StageCosts } from "./batch/simulation.ts";
import { type BatchJobs, batchJobs } from "./batch/visits.ts";

const SIZES = [1, 4, 16, 64];
const HERE = [1, 2];
const PROJECTED = [12, 100];
const FEW_VISITS = 4;
const ROUNDS_OF_FEW = 3;

interface Measured {
  readonly workers: number;
  readonly pool: BenchPool;
  /** By the number of visits. */
  readonly batches: Map<number, MeasuredBatch[]>;
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string" }, rising: { type: "boolean", default: false } },
  allowPositionals: true,
});
const sizes = positionals.length > 0 ? positionals.map(count) : SIZES;
const givenRounds = values.rounds === undefined ? undefined : count(values.rounds);

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new RangeError(`"${text}" is no number of visits or rounds`);
  return number;
}

/** Of a batch's jobs. */
function prioritiesOf(jobs: readonly unknown[]): number[] {
  return jobs.map((_, index) => (values.rising ? index : 0));
}

function simulate(jobs: readonly CircuitJob[], costs: ReadonlyMap<string, StageCosts>, fleet: Fleet): number {
  const priorities = prioritiesOf(jobs);
  const simulated = jobs.map(({ circuit }, index) => {
    const cost = costs.get(circuit);
    if (cost === undefined) throw new RangeError(`${circuit} was not measured`);
    return { costs: cost, priority: priorities[index] ?? 0 };
  });
  return simulateBatch(simulated, fleet);
}

const processors = availableParallelism();
const kind = await chooseBackend();
const threadsOf = (workers: number): number => Math.max(1, Math.floor(processors / workers));
const order = values.rising ? "in the order of the visits" : "longest proof first, as the builder has it";
console.log(
  `${processors} processors, load ${loadavg()[0]?.toFixed(1) ?? "unknown"} at the start; ${kind.name}; ${order}`,
);
for (const workers of HERE)
  console.log(
    `${workers} worker${workers === 1 ? "" : "s"}: ${workers} × ${threadsOf(workers)} threads on this machine`,
  );

const batches = new Map<number, BatchJobs>();
for (const size of sizes) batches.set(size, await batchJobs(size));
const jobs = [...batches.values()].flatMap((batch) => batch.jobs);
const artefacts = await loadArtefacts(jobs.map(({ circuit }) => circuit));
for (const [size, { inputMilliseconds }] of batches)
  console.log(
    `inputs of ${size} visits' circuits: ${inputMilliseconds.toFixed(0)} ms, before the time that is measured`,
  );

await using stack = new AsyncDisposableStack();
const measured: Measured[] = [];
for (const workers of HERE) {
  const pool = stack.use(await BenchPool.open({ kind, artefacts, workers, threads: threadsOf(workers) }));
  await pool.warmUp(jobs);
  measured.push({ workers, pool, batches: new Map(sizes.map((size) => [size, []])) });
}
for (const [size, batch] of batches) {
  const rounds = givenRounds ?? (size <= FEW_VISITS ? ROUNDS_OF_FEW : 1);
  // In turns, so that noise meets all alike.
  for (let round = 0; round < rounds; round++)
    for (const each of measured)
      each.batches.get(size)?.push(await each.pool.prove(batch.jobs, prioritiesOf(batch.jobs)));
}

const results = measured.map(({ workers, pool, batches: made }) => {
  const proofs = [...made.values()].flat().flatMap((batch) => batch.proofs);
  return { workers, slots: pool.slots, made, proofs, costs: measuredCosts(proofs, artefacts) };
});
const [alone] = results;
if (alone === undefined) throw new RangeError("nothing was measured");
const verification = await burstVerification(alone.proofs, artefacts);
const remote = remoteCosts(alone.costs, verification);

console.log("\nSeconds from handing over all jobs to the last verified proof");
printBatches(
  [...batches].map(([visits, batch]) => ({
    visits,
    proofs: batch.jobs.length,
    here: results.map(({ workers, slots, made, costs }) => ({
      measured: median((made.get(visits) ?? []).map(({ milliseconds }) => milliseconds)),
      simulated: simulate(batch.jobs, costs, { workers, slots }),
    })),
    projected: PROJECTED.map((workers) =>
      simulate(batch.jobs, alone.costs, {
        workers,
        slots: alone.slots,
        remote: { ahead: AHEAD, verify: verification },
      }),
    ),
  })),
  HERE,
  PROJECTED,
);
printAssumptions(alone.slots, processors);
console.log("\nOne proof's way, seconds: no batch is faster, with any number of workers");
printPaths([
  ...results.map(({ workers, costs }) => [`${workers} here`, costs] as const),
  ["elsewhere", remote],
]);
console.log("\nWhat the workers' time went into");
printUse(
  results.flatMap(({ workers, slots, made }) =>
    [...made].map(([visits, each]) => [workers, visits, useOfTime(each, workers * slots)] as const),
  ),
);
