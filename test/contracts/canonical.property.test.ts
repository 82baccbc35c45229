import { expect } from "chai";
import fc from "fast-check";
import { type Hex, keccak256 } from "viem";
import { type BatchValue, decodeBatchValue, UnreadableBatchError } from "../../builder/protocol/batch.ts";
import { l2txAction, revertAction, revertContinueAction } from "../../builder/protocol/action.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { type PlannerCall, plannerOf } from "./canonical/planner.ts";
import { layOut, type Word } from "./canonical/layout.ts";
import { mutate, type Mutation, MUTATIONS } from "./canonical/mutate.ts";
import {
  batchOf,
  call,
  execution,
  REMOTE,
  REMOTE2,
  result,
  resume,
  simpleCall,
  span,
  visit,
} from "./lists.ts";
import { deploy, rootAt, type Setup } from "./setup.ts";
import { seedOf } from "./seed.ts";
import { Pick } from "./worlds/pick.ts";

/** Replays what an earlier run printed. */
const SEED = seedOf("LOCKSTEP_CANONICAL_SEED");
/** How often each mutation is tried on each shape. */
const RUNS = Number(process.env.LOCKSTEP_CANONICAL_RUNS ?? 40);

const [r0, r1, r2, r3] = [rootAt(0), rootAt(1), rootAt(2), rootAt(3)];

/** Batches of every shape that there is room for in little calldata, all of which the contract takes. */
async function shapes(s: Setup): Promise<Record<string, BatchValue>> {
  const { a, b } = s;
  const { address: user } = s.actor;
  const { address: other } = s.other;
  const proven = (batch: BatchValue, proofs: readonly Hex[]): BatchValue => ({
    ...batch,
    proofs: batch.proofs.map((proof, at) => ({ ...proof, proof: proofs[at] ?? "0x" })),
  });
  const undo = [revertAction(a, 0), revertContinueAction(a)];
  return {
    "one call": await batchOf(s, [simpleCall(a, user, [r0, r1])]),
    "calls with data of all lengths": proven(
      await batchOf(
        s,
        [0, 1, 4, 31, 32, 33, 68].map((length, at) =>
          simpleCall(a, user, [rootAt(at), rootAt(at + 1)], {
            data: `0x${"a9".repeat(length)}`,
            answer: `0x${"b8".repeat(68 - length)}`,
          }),
        ),
      ),
      [`0x${"5a".repeat(288)}`],
    ),
    "transactions, one of which failed, a call and a look-up": proven(
      await batchOf(s, [
        execution([l2txAction(a, "0x0102"), result(a, L1, "0x01")], [visit(a, r0, r1)]),
        execution([l2txAction(b, "0x03"), result(b, L1, "0xdead", true)], [visit(b, r0)]),
        execution([call(L1, a, user, REMOTE), result(a, L1)], [visit(a, r1, r2)]),
        execution([call(L1, b, user, REMOTE, { isStatic: true }), result(b, L1, "0x07")], [visit(b, r0)]),
      ]),
      ["0x5a", `0x${"5b".repeat(33)}`],
    ),
    "what is undone, and alternatives": await batchOf(s, [
      execution(
        [
          call(L1, a, user, REMOTE, { value: 7n }),
          call(a, L1, REMOTE, other, { value: 3n, data: "0x71" }),
          result(L1, a, "0x71"),
          ...undo,
          call(a, b, REMOTE, REMOTE2),
          result(b, a),
          result(a, L1),
        ],
        [visit(b, r0, r1), visit(a, r0, r1)],
        [span(1)],
      ),
      execution(
        [
          call(L1, a, user, REMOTE),
          call(a, L1, REMOTE, other),
          call(L1, b, other, REMOTE2),
          result(b, L1, "0x", true),
          call(L1, b, other, REMOTE2, { data: "0x01" }),
          result(b, L1),
          result(L1, a),
          result(a, L1),
        ],
        [visit(b, r1), visit(b, r1, r2), visit(a, r1, r2)],
        [resume(2, 4)],
      ),
    ]),
    "one rollup's visits under two proofs": await batchOf(
      s,
      [
        simpleCall(a, user, [r0, r1]),
        simpleCall(b, user, [r0, r1]),
        simpleCall(a, user, [r1, r2]),
        simpleCall(a, user, [r2, r3]),
      ],
      {
        proofs: [
          { rollup: a, verificationKey: `0x${"11".repeat(32)}`, visits: [0, 3], proof: "0x01" },
          { rollup: b, verificationKey: `0x${"11".repeat(32)}`, visits: [1], proof: "0x" },
          { rollup: a, verificationKey: `0x${"22".repeat(32)}`, visits: [2], proof: `0x${"03".repeat(32)}` },
        ],
      },
    ),
  };
}

describe("Rollups: whatever calldata of a batch is taken, a follower reads", () => {
  let verdict: PlannerCall;
  let honest: Record<string, { readonly data: Hex; readonly words: readonly Word[] }>;

  before(async () => {
    const s = await deploy();
    verdict = await plannerOf(s);
    honest = Object.fromEntries(
      Object.entries(await shapes(s)).map(([name, batch]) => [name, layOut(batch)]),
    );
  });

  /** Whether a follower reads it: whether it is what the ABI's encoder makes of what viem reads in it. */
  const isCanonical = (data: Hex): boolean => {
    try {
      decodeBatchValue(keccak256(data), data);
      return true;
    } catch (error) {
      if (error instanceof UnreadableBatchError) return false;
      throw error;
    }
  };

  it("starts from batches that are taken", async () => {
    for (const [name, { data }] of Object.entries(honest)) {
      expect(await verdict(data), name).to.equal(undefined);
      expect(isCanonical(data), name).to.equal(true);
    }
  });

  it("holds for every byte of one batch, changed alone", async function () {
    this.timeout(120_000);
    const shape = honest["one call"];
    if (shape === undefined) throw new Error("no such shape");
    const { data, words } = shape;
    const taken = new Set<string>();
    for (let at = 0; at < data.length / 2 - 1; at++) {
      const flipped = (Number.parseInt(data.slice(2 + 2 * at, 4 + 2 * at), 16) ^ 0x81) & 0xff;
      const changed: Hex = `0x${data.slice(2, 2 + 2 * at)}${flipped.toString(16).padStart(2, "0")}${data.slice(4 + 2 * at)}`;
      const answer = await verdict(changed);
      expect(answer?.errorName === "NotCanonicalCalldata", `byte ${String(at)}`).to.equal(
        !isCanonical(changed),
      );
      if (answer === undefined) taken.add(words.findLast((word) => word.at <= at)?.name ?? "selector");
    }
    // What the proof is about, and what the proof systems have to judge.
    expect([...taken].sort()).to.deep.equal([
      "executions[0].actions[0].sender",
      "executions[0].actions[0].target",
      "executions[0].actions[0].value",
      "executions[0].visits[0].rootAfter",
      "executions[0].visits[0].rootBefore",
      "proofs[0].verificationKey",
      "timestamp",
    ]);
  });

  it(`holds for random changes (LOCKSTEP_CANONICAL_SEED=${String(SEED)})`, async function () {
    this.timeout(60_000 + RUNS * 30_000);
    const names = Object.keys(honest);
    const reached = new Map<string, number>();
    const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1);
    const cases = names.flatMap((name) => MUTATIONS.map((mutation) => ({ name, mutation })));
    const attempt = async (name: string, mutations: readonly Mutation[], pick: Pick): Promise<void> => {
      const shape = honest[name];
      if (shape === undefined) throw new Error("no such shape");
      const data = mutations.reduce<Hex>((bytes, one) => mutate(one, bytes, shape.words, pick), shape.data);
      if (data === shape.data) return;
      const answer = await verdict(data);
      const canonical = isCanonical(data);
      // Both ways: what is in the one form is never refused for its form.
      expect(answer?.errorName === "NotCanonicalCalldata", `${name}: ${data}`).to.equal(!canonical);
      const outcome =
        answer === undefined ? "taken" : canonical ? "refused for what it says" : "refused for its form";
      count(outcome);
      count(`${mutations[0] ?? ""}: ${outcome}`);
      if (answer !== undefined && canonical) count(answer.errorName);
    };
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (value) => {
        const pick = new Pick(value);
        for (const { name, mutation } of cases) {
          // One in four is changed once more.
          const more = pick.chance(25) ? [pick.of(MUTATIONS)] : [];
          await attempt(name, [mutation, ...more], pick);
        }
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    if (process.env.LOCKSTEP_CANONICAL_SHOW !== undefined)
      process.stdout.write(`${JSON.stringify(Object.fromEntries([...reached].sort()), undefined, 2)}\n`);
    if (RUNS < 40) return;
    const times = (what: string) => reached.get(what) ?? 0;
    // Every change meets calldata that is refused for it, and some meet what is judged by what it says.
    expect(times("taken"), "taken").to.be.greaterThan(40);
    expect(times("refused for what it says"), "refused for what it says").to.be.greaterThan(100);
    for (const mutation of MUTATIONS.filter((one) => one !== "a byte with a meaning"))
      expect(times(`${mutation}: refused for its form`), mutation).to.be.greaterThan(50);
    expect(times("a byte with a meaning: taken"), "changed and taken").to.be.greaterThan(15);
    for (const error of ["BrokenChain", "NotCanonical", "VisitMismatch"])
      expect(times(error), error).to.be.greaterThan(0);
  });
});
