import { expect } from "chai";
import fc from "fast-check";
import { encodeBatchValue } from "../../builder/protocol/batch.ts";
import { locateVisits } from "../../builder/protocol/execution/check.ts";
import { InvalidExecutionError } from "../../builder/protocol/execution/errors.ts";
import { transactionsOf } from "../../builder/protocol/execution/transactions.ts";
import { type Walked, walkExecution } from "../../builder/protocol/execution/walk.ts";
import { InvalidActionError } from "../../builder/protocol/canonical.ts";
import type { Execution, Visit } from "../../builder/protocol/execution.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { type PlannerCall, plannerOf } from "./canonical/planner.ts";
import { batchOf, REMOTE, resume, visit } from "./lists.ts";
import { deploy, rootAt, type Setup } from "./setup.ts";
import { seedOf } from "./seed.ts";
import { Pick } from "./worlds/pick.ts";
import { changed, jointList, LIST_CHANGES, type ListChange, type RandomList } from "./worlds/random-list.ts";
import { executionOf } from "./worlds/random-tree.ts";

/** Replays what an earlier run printed. */
const SEED = seedOf("LOCKSTEP_JOINT_SEED");
const RUNS = Number(process.env.LOCKSTEP_JOINT_RUNS ?? 60);

/** What the contract says of visits: heard where the actions were fine, or not looked at yet. */
const OF_VISITS = ["VisitMismatch", "VisitNotMade", "VisitsNotChained", "RootMustNotChange"];

describe("Rollups: joint transactions, and lists that are almost such", () => {
  let s: Setup;
  let verdict: PlannerCall;
  let rollups: readonly ChainId[];

  before(async () => {
    s = await deploy();
    rollups = [s.a, s.b, await s.register()];
    verdict = await plannerOf(s);
  });

  const answerTo = async (execution: Execution): Promise<string | undefined> =>
    (await verdict(encodeBatchValue(await batchOf(s, [execution]))))?.errorName;

  const walked = ({ actions, resumes }: RandomList): Walked | undefined => {
    try {
      return walkExecution(actions, resumes);
    } catch (error) {
      if (error instanceof InvalidExecutionError || error instanceof InvalidActionError) return undefined;
      throw error;
    }
  };

  /** The list with these visits, in place of those that it does not have. */
  const withVisits = ({ actions, resumes }: RandomList, visits: readonly Visit[]): Execution => ({
    actions,
    visits,
    marks: resumes.map(({ at, to }) => resume(at, to)),
  });

  it(`are taken here and there, or here and there refused (LOCKSTEP_JOINT_SEED=${String(SEED)})`, async function () {
    this.timeout(60_000 + RUNS * 10_000);
    const reached = new Map<string, number>();
    const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1);

    const attempt = async (list: RandomList, change: ListChange): Promise<void> => {
      const shown = JSON.stringify(list, (_, value: unknown) =>
        typeof value === "bigint" ? Number(value) : value,
      );
      const found = walked(list);
      if (found !== undefined) {
        const execution = executionOf(list, found);
        locateVisits(execution);
        expect(await answerTo(execution), shown).to.equal(undefined);
        count(`${change}: taken`);
        const transactions = transactionsOf(execution).length;
        count(`taken: ${transactions === 0 ? "no transaction" : String(transactions)}`);
        return;
      }
      // No visits make it an execution: none, and one or two of rollups of the list, in any order.
      const touched = [...new Set(list.actions.flatMap(({ from, to }) => [from, to]))].filter((each) =>
        rollups.includes(each),
      );
      const pairs = touched.flatMap((one) => touched.map((other) => [one, other]));
      const guesses = [[], ...touched.map((each) => [each]), ...pairs];
      const answers: string[] = [];
      for (const guess of guesses) {
        const visits = guess.map((each) => visit(each, rootAt(0)));
        const answer = await answerTo(withVisits(list, visits));
        expect(answer, shown).to.not.equal(undefined);
        if (answer !== undefined) answers.push(answer);
      }
      const reason = answers.find((answer) => !OF_VISITS.includes(answer));
      expect(reason, `${shown}: ${answers.join()}`).to.not.equal(undefined);
      count(`${change}: refused`);
      count(reason ?? "");
    };

    await fc.assert(
      fc.asyncProperty(fc.gen(), async (value) => {
        const pick = new Pick(value);
        const yard = { pick, rollups, remote: REMOTE, user: s.actor.address };
        for (const change of LIST_CHANGES) {
          const list = changed(jointList(yard), change, yard);
          // One in five is changed once more.
          await attempt(pick.chance(20) ? changed(list, pick.of(LIST_CHANGES), yard) : list, change);
        }
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    if (process.env.LOCKSTEP_JOINT_SHOW !== undefined)
      process.stdout.write(`${JSON.stringify(Object.fromEntries([...reached].sort()), undefined, 2)}\n`);
    if (RUNS < 60) return;
    const times = (what: string) => reached.get(what) ?? 0;
    for (const transactions of ["1", "2", "3", "4"])
      expect(times(`taken: ${transactions}`), `${transactions} transactions`).to.be.greaterThan(0);
    for (const change of LIST_CHANGES.filter((each) => each !== "nothing"))
      expect(times(`${change}: refused`), change).to.be.greaterThan(5);
    for (const error of ["NotJoint", "ActionsAfterEnd", "BrokenChain", "Unfinished"])
      expect(times(error), error).to.be.greaterThan(5);
  });
});
