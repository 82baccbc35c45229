import { expect } from "chai";
import fc from "fast-check";
import { type Address, parseAbi } from "viem";
import { encodeBatchValue } from "../../builder/protocol/batch.ts";
import { locateVisits } from "../../builder/protocol/execution/check.ts";
import { InvalidExecutionError } from "../../builder/protocol/execution/errors.ts";
import { walkExecution } from "../../builder/protocol/execution/walk.ts";
import { ActionKind } from "../../builder/protocol/action.ts";
import { type Execution, type Mark, MarkKind } from "../../builder/protocol/execution.ts";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { type PlannerCall, plannerOf } from "./canonical/planner.ts";
import { batchOf, REMOTE, span } from "./lists.ts";
import { deploy, type Setup } from "./setup.ts";
import { seedOf } from "./seed.ts";
import { Pick } from "./worlds/pick.ts";
import { executionOf, randomTree } from "./worlds/random-tree.ts";

/** Replays what an earlier run printed. */
const SEED = seedOf("LOCKSTEP_MARKS_SEED");
const RUNS = Number(process.env.LOCKSTEP_MARKS_RUNS ?? 150);

/** `contracts/test/invariants/WalkHarness.sol`. */
const harnessAbi = parseAbi([
  "error Broken(string what, uint256 execution, uint256 action)",
  "function check(bytes message, address manager) view returns (uint256 opened, uint256 undone, uint256 compared)",
]);

describe("Rollups: marks are what the paths make of them", () => {
  let s: Setup;
  let verdict: PlannerCall;
  let rollups: readonly ChainId[];
  let harness: Address;

  before(async () => {
    s = await deploy();
    rollups = [s.a, s.b, await s.register()];
    verdict = await plannerOf(s);
    harness = await s.create("WalkHarness");
  });

  const answerTo = async (execution: Execution) =>
    await verdict(encodeBatchValue(await batchOf(s, [execution])));

  it(`takes exact counts and no others, here and there (LOCKSTEP_MARKS_SEED=${String(SEED)})`, async function () {
    this.timeout(60_000 + RUNS * 500);
    const reached = new Map<string, number>();
    const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1);

    const refuses = async (what: string, execution: Execution, marks: readonly Mark[], errors: string[]) => {
      const changed = { ...execution, marks: marks.toSorted((a, b) => a.at - b.at) };
      const answer = await answerTo(changed);
      expect(answer?.errorName, `${what}: ${JSON.stringify(changed.marks)}`).to.be.oneOf(errors);
      expect(() => locateVisits(changed), what).to.throw(InvalidExecutionError);
      count(what);
    };

    await fc.assert(
      fc.asyncProperty(fc.gen(), async (value) => {
        const pick = new Pick(value);
        const tree = randomTree({ pick, rollups, remote: REMOTE, user: s.actor.address });
        const walked = walkExecution(tree.actions, tree.resumes);
        const execution = executionOf(tree, walked);
        locateVisits(execution);
        expect(await answerTo(execution), JSON.stringify(execution.marks)).to.equal(undefined);
        count("taken");
        const [opened, undone] = await s.publicClient.readContract({
          address: harness,
          abi: harnessAbi,
          functionName: "check",
          args: [encodeBatchValue(await batchOf(s, [execution])), s.rollups.address],
        });
        if (opened > 0n) count("frames opened");
        if (undone > 0n) count("frames reverted");
        if (tree.resumes.length > 0) count("taken, with alternatives");
        const { marks } = execution;
        for (const mark of marks.filter(({ kind }) => kind === MarkKind.SPAN)) {
          count(`undone ${String(mark.to)} times`);
          const others = marks.filter((one) => one !== mark);
          for (const more of [1, 49, 2 ** 32 - 1 - mark.to])
            await refuses("raised", execution, [...others, span(mark.at, mark.to + more)], ["BadMark"]);
          const less = mark.to > 1 ? [span(mark.at, mark.to - 1)] : [];
          await refuses("lowered", execution, [...others, ...less], ["SpanRequired"]);
        }
        const spare = tree.actions.flatMap(({ kind, from }, at) =>
          kind === ActionKind.CALL && from !== L1 && !marks.some((mark) => mark.at === at) ? [at] : [],
        );
        if (spare.length > 0)
          await refuses("added", execution, [...marks, span(pick.of(spare), 1 + pick.below(3))], ["BadMark"]);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    if (process.env.LOCKSTEP_MARKS_SHOW !== undefined)
      process.stdout.write(`${JSON.stringify(Object.fromEntries([...reached].sort()), undefined, 2)}\n`);
    if (RUNS < 150) return;
    for (const what of [
      "raised",
      "lowered",
      "added",
      "undone 1 times",
      "undone 2 times",
      "taken, with alternatives",
      "frames opened",
      "frames reverted",
    ])
      expect(reached.get(what) ?? 0, what).to.be.greaterThan(2);
  });
});
