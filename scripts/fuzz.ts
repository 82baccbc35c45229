/**
 * `npm run fuzz -- [--seed S] [--runs N | --from I --to J] [--depth D] [--seconds T] [--replay I] [--all]`:
 * single-chain equivalence on random programs (test/property). The programs of a seed are numbered, so that a
 * run can be cut into shards. On failure prints the program in a form that can be pasted into a test, as
 * small as it can be made.
 */
import { Command, InvalidArgumentError } from "commander";
import { Equivalence, NotEquivalentError } from "../test/property/equivalence.ts";
import { programsOf } from "../test/property/shard.ts";
import { stayAlive } from "../builder/node/stay-alive.ts";

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly from: number;
  readonly to?: number;
  readonly depth: number;
  readonly seconds?: number;
  readonly replay?: number;
  readonly all?: true;
}

/** Programs that fail alike and are made small, of a run that goes on. */
const MOST_MINIMISED = 2;

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("a whole number is needed");
  return value;
}

const command = new Command("fuzz")
  .option("--seed <number>", "seed of the random programs", whole, Math.floor(Math.random() * 2 ** 31))
  .option("--runs <number>", "how many programs", whole, 1_000)
  .option("--from <number>", "number of the first program", whole, 0)
  .option("--to <number>", "number after the last program (default: from + runs)", whole)
  .option("--depth <number>", "frames inside frames", whole, 6)
  .option("--seconds <number>", "stop after this time", whole)
  .option("--replay <number>", "run the program of this number", whole)
  .option("--all", "go on after a failure")
  .parse();
const options = command.opts<Options>();
const { seed, depth, seconds, replay } = options;
const from = replay ?? options.from;
const to = replay === undefined ? (options.to ?? from + options.runs) : replay + 1;

console.log(`seed ${seed}, depth ${depth}, programs ${from} to ${to - 1}`);
using _alive = stayAlive();
const equivalence = await Equivalence.open();
const start = performance.now();
/** A program that has begun is not interrupted. */
const deadline = seconds === undefined ? Infinity : start + seconds * 1_000;
const failures = new Map<string, number[]>();
try {
  let count = 0;
  for (const { index, program } of programsOf({ seed, depth, from, to })) {
    if (performance.now() > deadline) {
      console.log(`stopped before program ${index}: time is up`);
      break;
    }
    try {
      await equivalence.check(program);
    } catch (error) {
      if (!(error instanceof NotEquivalentError)) throw error;
      await fail(index, error);
      if (options.all !== true) break;
    }
    if (++count % 100 === 0) report();
  }
  report();
  console.log(equivalence.coverage.report().join("\n"));
  const complaints = [
    ...equivalence.coverage.missing().map((rule) => `never reached: ${rule}`),
    ...equivalence.refusals.excess(equivalence.runs),
    ...[...failures].map(
      ([symptom, where]) => `${where.length} programs fail (${symptom}): ${where.join(", ")}`,
    ),
  ];
  for (const complaint of complaints) console.log(`FAILED: ${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
} finally {
  await equivalence.close();
}

/** Keeps a failure, and makes the program small. */
async function fail(index: number, error: NotEquivalentError): Promise<void> {
  const { symptom } = error;
  const alike = failures.get(symptom) ?? [];
  failures.set(symptom, [...alike, index]);
  console.log(`program ${index} fails: ${symptom}`);
  if (alike.length >= MOST_MINIMISED) return;
  const smallest = await equivalence.minimise(error.program);
  console.log(smallest?.message ?? `${error.message}\n(when run again, it does not fail)`);
  console.log(`replay: npm run fuzz -- --seed ${seed} --depth ${depth} --replay ${index}`);
}

function report(): void {
  const elapsed = performance.now() - start;
  const { time, refusals, runs, transactions } = equivalence;
  const parts = Object.entries(time).map(([part, spent]) => `${part} ${(spent / runs).toFixed(0)}`);
  const codes = [...refusals.transactions].map(
    ([code, times]) => `${code} ${times} in ${refusals.programs.get(code) ?? 0} programs`,
  );
  console.log(
    `${runs} runs in ${(elapsed / 1_000).toFixed(0)} s: ${(elapsed / runs).toFixed(0)} ms each (${parts.join(", ")}); ` +
      `${transactions} transactions${codes.length === 0 ? "" : `, refused: ${codes.join(", ")}`}`,
  );
}
