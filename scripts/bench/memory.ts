/**
 * Memory of a builder's EVM rollup over many transactions:
 * `node --expose-gc scripts/bench/memory.ts [transactions]`, by default 100,000. Each batch is simulated,
 * planned, undone, replayed as the follower does, and made durable. The heap after a collection must not grow
 * with the number of transactions, apart from the state itself (one slot here).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodeFunctionData, keccak256, numberToHex } from "viem";
import { planBatch } from "../../builder/batch/plan.ts";
import { Journal } from "../../builder/evm/journal.ts";
import { effectiveVisits } from "../../builder/protocol/execution/check.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import { artefact, accountAt } from "../../test/core/setup.ts";
import { simulatedWorld } from "../../test/kinds/evm/world.ts";

const BATCH = 100;
const total = Number(process.argv[2] ?? 100_000);
const world = await simulatedWorld();
const { a, machines, context } = world;
const folder = await mkdtemp(path.join(tmpdir(), "lockstep-memory-"));
machines.set(a, await evmKind.open({ id: a, folder }));
const machine = world.machine(a);
const user = accountAt(1);
const { abi, bytecode } = await artefact("Counter");
const increment = encodeFunctionData({ abi, functionName: "increment" });
let nonce = 0;

async function sign(call: { to?: `0x${string}`; data: `0x${string}` }) {
  const chainId = Number(evmChainIdOf(context.l1ChainId, a));
  const gas = { gas: 1_000_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n };
  return await user.signTransaction({ chainId, type: "eip1559", nonce: nonce++, ...gas, ...call });
}

/** Simulates a batch, plans it, undoes it, and replays it. */
async function batch(number: number, raws: readonly `0x${string}`[]): Promise<void> {
  const timestamp = context.timestamp + BigInt(number);
  const simulation = world.simulationAt(timestamp);
  for (const raw of raws) await simulation.l2Transaction(a, raw, user.address);
  const apart = { jointOf: () => undefined };
  const plan = planBatch(simulation.executions(), { ...context, timestamp }, apart);
  simulation.close();
  const at = {
    transaction: keccak256(numberToHex(number)),
    blockNumber: BigInt(number),
    blockHash: keccak256(numberToHex(number + 1)),
  };
  for (const execution of plan.executions)
    for (const visit of effectiveVisits(execution, 0)) {
      const [trigger] = visit.actions;
      if (trigger === undefined) continue;
      const { visit: completed } = await machine.deliver(
        trigger,
        { ...context, timestamp },
        new Journal([machine]),
      );
      if (completed !== undefined) machine.include(completed, at);
    }
  await machine.persist();
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
try {
  const [first] = [await sign({ data: bytecode })];
  await batch(1, [first]);
  const counter = world.addressOfDeployment(user.address, 0n);
  const step = Math.max(BATCH, Math.floor(total / 10 / BATCH) * BATCH);
  const start = performance.now();
  for (let done = 0; done < total; done += BATCH) {
    const raws: `0x${string}`[] = [];
    for (let n = 0; n < BATCH; n++) raws.push(await sign({ to: counter, data: increment }));
    await batch(2 + done / BATCH, raws);
    if ((done + BATCH) % step !== 0) continue;
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const seconds = (performance.now() - start) / 1_000;
    console.log(
      `${(done + BATCH).toString().padStart(7)} transactions  heap ${megabytes(heapUsed)} MiB  rss ${megabytes(rss)} MiB  ` +
        `${((done + BATCH) / seconds).toFixed(0)} per second`,
    );
  }
} finally {
  await machine.close();
  await rm(folder, { recursive: true });
  await world.l1.close();
}
process.exit();
