import { availableParallelism } from "node:os";
import type { TestCount } from "./result.ts";
import type { Output } from "./runners.ts";

/** A part of the tests that runs in processes of its own. */
export interface Stage {
  readonly title: string;
  readonly run: (output: Output) => TestCount | Promise<TestCount>;
}

/** More at once would make tests wait that have a time limit. */
const MOST_AT_ONCE = 4;

/**
 * Runs stages beside each other, as many as there are processors: most of them wait for one thread most of
 * the time. What a stage prints comes out in one piece when it has ended; alone, as it comes.
 */
export async function runStages(stages: readonly Stage[]): Promise<TestCount[]> {
  const counts: TestCount[] = [];
  const waiting = [...stages];
  const lanes = Math.min(MOST_AT_ONCE, availableParallelism(), stages.length);
  async function work(): Promise<void> {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift())
      counts.push(await runStage(stage, lanes > 1));
  }
  await Promise.all(Array.from({ length: lanes }, work));
  return counts;
}

async function runStage({ title, run }: Stage, isHeldBack: boolean): Promise<TestCount> {
  let printed = "";
  console.log(`\n== ${title}: begins`);
  const start = performance.now();
  const count = await run((text) => {
    if (isHeldBack) printed += text;
    else process.stdout.write(text);
  });
  const elapsed = ((performance.now() - start) / 1_000).toFixed(1);
  console.log(`${printed}== ${title}: ${count.passed} passed, ${count.failed} failed (${elapsed} s)`);
  return count;
}
