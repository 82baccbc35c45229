import { expect } from "chai";
import { decodeErrorResult, decodeFunctionResult, type Hex, parseEventLogs } from "viem";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";
import { eventsOf } from "../outcome.ts";
import { rootHex } from "../setup.ts";
import type { Answer, Now } from "./model.ts";
import type { Move, Posting } from "./moves.ts";
import { FUNDS, recorderAbi, type WorldContracts } from "./contracts.ts";

/** A transaction as the model foresees it. */
export interface Planned {
  readonly moves: readonly Move[];
  /** Of each move, while they succeed or may fail. */
  readonly answers: readonly Answer[];
  readonly success: boolean;
  readonly after: Now;
}

/**
 * Holds a mined transaction, and L1 at the end of its block, against what the model says.
 * @param postings All batches drawn so far.
 * @param consumed Executions consumed before, as `batch:index`; those of this transaction are added.
 * @returns Names of what happened.
 */
export async function check(
  contracts: WorldContracts,
  plan: Planned,
  hash: Hex,
  postings: readonly Posting[],
  consumed: Set<string>,
): Promise<string[]> {
  const receipt = await contracts.setup.publicClient.getTransactionReceipt({ hash });
  expect(receipt.status, "fate of the transaction").to.equal(plan.success ? "success" : "reverted");
  if (!plan.success) {
    expect(receipt.logs).to.deep.equal([]);
    return [receipt.status];
  }
  const [recorded] = parseEventLogs({ abi: recorderAbi, logs: receipt.logs });
  expect(recorded?.args.outcomes.length, "answers recorded").to.equal(plan.moves.length);
  for (const [at, move] of plan.moves.entries()) {
    const [expected, actual] = [plan.answers[at], recorded?.args.outcomes[at]];
    if (expected === undefined || actual === undefined) throw new Error("a move without an answer");
    checkAnswer(`move ${String(at)} (${move.kind})`, move, expected, actual, plan.after);
  }

  const events = eventsOf(receipt);
  const fates = events.filter(({ eventName }) => eventName.startsWith("Execution"));
  expect(
    fates.map(({ eventName, args }) => ({
      eventName,
      batch: "batch" in args ? args.batch : undefined,
      execution: "execution" in args ? args.execution : undefined,
    })),
    "fates of executions",
  ).to.deep.equal(plan.after.events);
  for (const { eventName, batch, execution } of plan.after.events) {
    if (eventName !== "ExecutionConsumed") continue;
    const name = `${batch}:${String(execution)}`;
    expect(consumed.has(name), `${name} was consumed before`).to.equal(false);
    consumed.add(name);
  }
  checkRootChanges(events, plan, postings);
  const errors = plan.answers.flatMap(({ error }) => error ?? []);
  return [receipt.status, ...plan.after.events.map(({ eventName }) => eventName), ...errors];
}

function checkAnswer(
  what: string,
  move: Move,
  expected: Answer,
  actual: { success: boolean; data: Hex },
  after: Now,
): void {
  const { success, data } = actual;
  const error =
    !success && expected.error !== undefined ? decodeErrorResult({ abi: rollupsAbi, data }) : undefined;
  expect({ success, error: error?.errorName }, `${what}: ${data}`).to.deep.equal({
    success: expected.success,
    error: expected.error,
  });
  if (move.kind === "ask") {
    const said = decodeFunctionResult({ abi: rollupsAbi, functionName: "rollupOf", data });
    expect({ root: said.root, balance: said.etherBalance }, what).to.deep.equal({
      root: rootHex(after.roots.get(move.rollup) ?? -1n),
      balance: after.balances.get(move.rollup) ?? 0n,
    });
  } else if (move.kind === "call" && expected.error === undefined) {
    expect(data, what).to.equal(expected.data);
  }
}

/** Each change of a root follows upon the last, and an execution consumed in this transaction says it. */
function checkRootChanges(
  events: readonly { eventName: string; args: object }[],
  plan: Planned,
  postings: readonly Posting[],
): void {
  const visits = plan.after.events.flatMap(({ eventName, batch, execution }) => {
    if (eventName !== "ExecutionConsumed") return [];
    return postings.find(({ id }) => id === batch)?.executions[execution]?.visits ?? [];
  });
  const roots = new Map<bigint, string>();
  for (const { eventName, args } of events) {
    if (eventName !== "RootChanged" || !("rollup" in args && typeof args.rollup === "bigint")) continue;
    if (!("rootBefore" in args && "rootAfter" in args)) continue;
    const { rollup, rootBefore, rootAfter } = args;
    expect(rootBefore, "root before").to.equal(roots.get(rollup) ?? rootBefore);
    const says = visits.some((one) => one.rollup === rollup && rootHex(one.rootAfter) === rootAfter);
    expect(says, `an execution says ${String(rootAfter)}`).to.equal(true);
    roots.set(rollup, String(rootAfter));
  }
}

/** Holds roots and Ether on L1 against the model, at the end of a block. */
export async function checkLedger({ setup, places, rollups }: WorldContracts, now: Now): Promise<void> {
  let held = 0n;
  for (const rollup of rollups) {
    const { root, etherBalance } = await setup.rollups.read.rollupOf([rollup]);
    expect(root).to.equal(rootHex(now.roots.get(rollup) ?? -1n));
    expect(etherBalance).to.equal(now.balances.get(rollup) ?? 0n);
    held += etherBalance;
  }
  const ether = await setup.publicClient.getBalance({ address: places.rollups });
  expect(ether, "Ether held").to.equal(held + now.forced);
  for (const actor of places.actors) {
    const gained = now.wei.get(actor.toLowerCase()) ?? 0n;
    expect(await setup.publicClient.getBalance({ address: actor })).to.equal(FUNDS + gained);
  }
}
