import { expect } from "chai";
import fc from "fast-check";
import {
  concatHex,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
  size,
  slice,
} from "viem";
import { maxTableBytes } from "../../builder/batch/limits.ts";
import { HEAD_SLOTS, SLOT_BYTES } from "../../builder/batch/table-layout.ts";
import { type Action, ActionKind, l2txAction } from "../../builder/protocol/action.ts";
import { encodeBatchValue } from "../../builder/protocol/batch.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import { walkExecution } from "../../builder/protocol/execution/walk.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";
import { batchOf, REMOTE, simpleCall } from "./lists.ts";
import { deploy, rootAt, type Setup } from "./setup.ts";
import { seedOf } from "./seed.ts";
import { Pick } from "./worlds/pick.ts";
import { executionOf, randomTree } from "./worlds/random-tree.ts";

/** Replays what an earlier run printed. */
const SEED = seedOf("LOCKSTEP_TABLES_SEED");
const RUNS = Number(process.env.LOCKSTEP_TABLES_RUNS ?? 150);

/** `contracts/interfaces/IExecutionPlanner.sol`. */
const plannerAbi = parseAbi([
  "struct TransactionPlan { bytes opening; uint256 next; bool failed; bytes reason; }",
  "struct VisitedRollup { uint64 rollup; bool movesValue; }",
  "struct PlannedProof { uint64 rollup; bytes32 verificationKey; bytes statement; }",
  "struct BatchPlan { uint64 timestamp; bytes table; uint256 consumable; TransactionPlan[] transactions; VisitedRollup[] rollups; PlannedProof[] proofs; bytes proxies; }",
  "function plan(bytes message) view returns (BatchPlan)",
]);
/** `ExecutionTable.encode`: in front of what is stored behind the head. */
const COUNT_BYTES = 2;
/** The planner does not ask which rollups there are: ids of one byte and of eight. */
const ROLLUPS = [1n, 2n, 254n, 255n, 2n ** 64n - 1n].map(chainId);

describe("the builder's bound of a table", () => {
  let s: Setup;

  before(async () => {
    s = await deploy();
  });

  /** What the planner makes of the executions. */
  async function tableBytes(executions: readonly Execution[]): Promise<number> {
    const message = encodeBatchValue(await batchOf(s, executions));
    const call = { abi: plannerAbi, functionName: "plan" } as const;
    const { data = "0x" } = await s.publicClient.call({
      to: await s.rollups.read.PLANNER(),
      data: encodeFunctionData({ ...call, args: [message] }),
      account: s.rollups.address,
      gas: 16_000_000n,
    });
    const { table } = decodeFunctionResult({ ...call, data });
    return table === "0x" ? 0 : size(table) - COUNT_BYTES + HEAD_SLOTS * SLOT_BYTES;
  }

  it(`is never less than the planner's table (LOCKSTEP_TABLES_SEED=${String(SEED)})`, async function () {
    this.timeout(60_000 + RUNS * 1_000);
    const ratios: number[] = [];
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (value) => {
        const pick = new Pick(value);
        const executions = randomExecutions(pick, s.actor.address);
        const [real, bound] = [await tableBytes(executions), maxTableBytes(executions)];
        expect(bound).to.be.at.least(real);
        if (real > 0) ratios.push(bound / real);
      }),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    );
    const sorted = ratios.toSorted((a, b) => a - b);
    const [least, middle, most] = [0, 0.5, 0.999].map((part) => sorted[Math.floor(part * sorted.length)]);
    if (process.env.LOCKSTEP_TABLES_SHOW !== undefined)
      process.stdout.write(`bound / table: ${String(least)}, ${String(middle)}, ${String(most)}\n`);
    if (RUNS < 150) return;
    // What is told in no step, although it could be: most of what is told of rollups.
    expect(middle).to.be.lessThan(2.8);
  });

  it("is near the table where data is most of it, whatever the data", async () => {
    for (const data of [noise(20_000, "a"), `0x${"00".repeat(3_000)}`, words(94)] as const) {
      const executions = [simpleCall(s.a, s.actor.address, [rootAt(0), rootAt(1)], { answer: data })];
      const [real, bound] = [await tableBytes(executions), maxTableBytes(executions)];
      expect(bound - real).to.be.within(0, 60);
    }
  });
});

/** Some L2 transactions, then some calls. Amounts, gas and data are of all sizes. */
function randomExecutions(pick: Pick, user: Hex): Execution[] {
  const rollups = ROLLUPS.slice(0, 2 + pick.below(ROLLUPS.length - 1));
  const draw = (isTransaction: boolean): Execution => {
    const tree = randomTree({ pick, rollups, remote: REMOTE, user });
    const execution = executionOf(tree, walkExecution(tree.actions, tree.resumes));
    const actions = execution.actions.map((action, at) => {
      if (at === 0 && isTransaction) return l2txAction(action.to, noise(1 + pick.below(100), "signed"));
      return enlarged(action, pick, isTransaction);
    });
    return { ...execution, actions };
  };
  const transactions = Array.from({ length: pick.below(3) }, () => draw(true));
  const calls = Array.from({ length: pick.below(4) }, () => draw(false));
  const asked = simpleCall(chainId(1), user, [rootAt(0), rootAt(0)], { isStatic: true, answer: words(2) });
  return [
    ...transactions,
    ...calls,
    ...(pick.chance(30) || transactions.length + calls.length === 0 ? [asked] : []),
  ];
}

function enlarged(action: Action, pick: Pick, bindsGas: boolean): Action {
  const { kind, from, isStatic, data } = action;
  if (kind !== ActionKind.CALL && kind !== ActionKind.RESULT) return action;
  // Behind what makes the action another than its alternatives.
  const longer = { ...action, data: concatHex([data, randomData(pick)]) };
  if (kind === ActionKind.RESULT) return longer;
  return {
    ...longer,
    value: isStatic || pick.chance(40) ? 0n : 1n << BigInt(pick.below(100)),
    gas: from === L1 || !(bindsGas || pick.chance(50)) ? 0 : 1 + pick.below(2 ** 31),
  };
}

function randomData(pick: Pick): Hex {
  switch (pick.below(4)) {
    case 0:
      return "0x";
    case 1:
      return words(1 + pick.below(6));
    case 2:
      return `0x${"00".repeat(pick.below(100))}`;
    default:
      return noise(pick.below(300), String(pick.below(1000)));
  }
}

/** Small numbers, as the ABI writes them. */
function words(count: number): Hex {
  return concatHex(Array.from({ length: count }, (_, at) => numberToHex(at, { size: 32 })));
}

/** Bytes that no encoding makes shorter. */
function noise(length: number, seed: string): Hex {
  const parts = Array.from({ length: Math.ceil(length / 32) + 1 }, (_, at) =>
    keccak256(new TextEncoder().encode(`${seed}:${at}`)),
  );
  return length === 0 ? "0x" : slice(concatHex(parts), 0, length);
}
