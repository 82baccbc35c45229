/**
 * `npm run fuzz -- [--seed S] [--runs N] [--depth D] [--seconds T] [--replay path]`: single-chain equivalence on random
 * programs (test/property). On failure prints the shrunk program in a form that can be pasted into a test, and how to replay it.
 */
import { Command, InvalidArgumentError } from "commander";
import fc from "fast-check";
import { Equivalence, printProgram } from "../test/property/equivalence.ts";
import { programs } from "../test/property/programs.ts";

interface Options {
  readonly seed: number;
  readonly runs: number;
  readonly depth: number;
  readonly seconds?: number;
  readonly replay?: string;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("a whole number is needed");
  return value;
}

const command = new Command("fuzz")
  .option("--seed <number>", "seed of the random programs", whole, Math.floor(Math.random() * 2 ** 31))
  .option("--runs <number>", "how many programs", whole, 1_000)
  .option("--depth <number>", "frames inside frames", whole, 6)
  .option("--seconds <number>", "stop after this time", whole)
  .option("--replay <path>", "run the program that was found under this path of the seed")
  .parse();
const { seed, runs, depth, seconds, replay } = command.opts<Options>();

console.log(`seed ${seed}, ${runs} runs, depth ${depth}`);
const equivalence = await Equivalence.open();
const start = performance.now();
/** A run that has begun is not interrupted. */
const deadline = seconds === undefined ? Infinity : start + seconds * 1_000;
let count = 0;
try {
  let isShrinking = false;
  const property = fc.asyncProperty(programs(depth), async (program) => {
    if (performance.now() > deadline) return;
    try {
      await equivalence.check(program);
    } catch (error) {
      if (!isShrinking) console.log(`found after ${count} runs; shrinking:\n${String(error)}`);
      isShrinking = true;
      throw error;
    }
    count++;
    if (count % 500 === 0) report();
  });
  const result = await fc.check(property, {
    seed,
    numRuns: runs,
    ...(replay === undefined ? {} : { path: replay }),
  });
  report();
  console.log([...equivalence.coverage.counts].map(([what, times]) => `${what} ${times}`).join(", "));
  const [program] = result.counterexample ?? [];
  if (program !== undefined) {
    console.log(`\nnot equivalent, after ${result.numShrinks} shrinks:\n${printProgram(program)}`);
    console.log(result.errorInstance instanceof Error ? result.errorInstance.message : result.errorInstance);
    console.log(
      `replay: npm run fuzz -- --seed ${seed} --depth ${depth} --replay ${result.counterexamplePath ?? ""}`,
    );
    process.exitCode = 1;
  }
} finally {
  await equivalence.close();
}

function report(): void {
  const elapsed = performance.now() - start;
  const { time, refusals } = equivalence;
  const { transactions, refused } = equivalence.counts();
  const parts = Object.entries(time).map(([part, spent]) => `${part} ${(spent / count).toFixed(0)}`);
  const codes = [...refusals].map(([code, times]) => `${code} ${times}`);
  console.log(
    `${count} runs in ${(elapsed / 1_000).toFixed(0)} s: ${(elapsed / count).toFixed(0)} ms each (${parts.join(", ")}); ` +
      `${refused} of ${transactions} transactions refused${codes.length === 0 ? "" : ` (${codes.join(", ")})`}`,
  );
}
