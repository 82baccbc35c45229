import type { Address, Hex, TransactionReceipt } from "viem";
import { type BatchValue, encodeBatchValue } from "../../builder/protocol/batch.ts";
import type { Execution } from "../../builder/protocol/execution.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { batchOf, type Step, step } from "./lists.ts";
import { mined } from "./outcome.ts";
import type { Setup } from "./setup.ts";

/** What came of one transaction of `setup.actor`. */
export interface ActorRun {
  /** Of each step, without the posts. */
  readonly outcomes: readonly { success: boolean; data: Hex }[];
  readonly receipt: TransactionReceipt;
}

/** The proxy of a contract, created. */
export async function proxy(setup: Setup, original: Address, rollup: ChainId): Promise<Address> {
  await mined(setup, setup.rollups.write.createProxy([original, rollup]));
  return setup.rollups.read.proxyOf([original, rollup]);
}

/** Posts batches and takes steps, all in one transaction of `setup.actor`. */
export async function runSteps(
  setup: Setup,
  batches: readonly BatchValue[],
  steps: readonly Step[],
): Promise<ActorRun> {
  const all = [...batches.map((batch) => step(setup.rollups.address, encodeBatchValue(batch))), ...steps];
  const value = steps.reduce((sum, one) => sum + one.value, 0n);
  const { result } = await setup.actor.simulate.play([all], { value });
  const receipt = await mined(setup, setup.actor.write.play([all], { value }));
  return { outcomes: result.slice(batches.length), receipt };
}

/** Posts one batch of these executions and takes steps. */
export async function postAndRun(
  setup: Setup,
  executions: readonly Execution[],
  steps: readonly Step[],
): Promise<ActorRun> {
  return runSteps(setup, [await batchOf(setup, executions)], steps);
}

/** Sets what an L1 contract does when it is called with `input`. */
export async function program(
  setup: Setup,
  actor: Setup["actor"],
  input: Hex,
  script: { steps?: readonly Step[]; writes?: boolean; fails?: boolean; echoes?: boolean; answer?: Hex } = {},
): Promise<void> {
  const { steps = [], writes = true, fails = false, echoes = false, answer = "0x" } = script;
  await mined(setup, actor.write.program([input, steps, writes, fails, echoes, answer]));
}

/** Root and balance of a rollup. */
export async function stateOf(setup: Setup, rollup: ChainId): Promise<{ root: Hex; balance: bigint }> {
  const { root, etherBalance } = await setup.rollups.read.rollupOf([rollup]);
  return { root, balance: etherBalance };
}
