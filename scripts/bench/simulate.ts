/**
 * Cost of cross-chain calls in the simulation: `node scripts/bench/simulate.ts`. Calls through proxies are
 * timed in turns with the same calls inside one rollup, so that noise meets both alike; the ratios carry over
 * to other machines.
 */
import { decodeFunctionResult, encodeFunctionData, type Address, type Hex } from "viem";
import { type ChainId, L1 } from "../../builder/protocol/ids.ts";
import { artefact } from "../../test/core/setup.ts";
import { simulatedWorld } from "../../test/kinds/evm/world.ts";

const COUNTS = [1, 10, 100, 1_000];
const DEPTHS = [1, 10, 100];
const ROUNDS = 5;
/** As much as a transaction may have. */
const GAS = 1n << 24n;

const world = await simulatedWorld();
const { a, b, simulation } = world;
const from = "0x00000000000000000000000000000000000000f0";

/** Milliseconds that a call takes, and what it returned. Nothing of it stays. */
async function play(chain: ChainId, to: Address, data: Hex): Promise<{ milliseconds: number; output: Hex }> {
  const request = { from, to, value: 0n, data, gas: GAS, gasPrice: 0n } as const;
  const start = performance.now();
  const { record } = (await simulation.rollupCall(chain, request, from)).visit;
  const milliseconds = performance.now() - start;
  if (typeof record !== "object" || record === null || !("receipt" in record)) throw new Error("no receipt");
  const { receipt } = record as { receipt: { success: boolean; output: Hex } };
  if (!receipt.success) throw new Error("a benchmark's call reverted");
  return { milliseconds, output: receipt.output };
}

const median = (values: readonly number[]): number =>
  values.toSorted((x, y) => x - y)[Math.floor(values.length / 2)] ?? NaN;

async function compare(runs: readonly (() => Promise<{ milliseconds: number }>)[]): Promise<number[]> {
  const times: number[][] = runs.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, run] of runs.entries()) times[index]?.push((await run()).milliseconds);
  return times.map(median);
}

const { abi } = await artefact("Repeater");
const repeater = await world.create(a, "Repeater");
const local = await world.create(a, "Counter");
const places = { B: b, L1 } as const;
const far: Record<string, Address> = {};
for (const [name, chain] of Object.entries(places))
  far[name] = await world.proxy(a, await world.create(chain, "Counter"), chain);

const repeat = (counter: Address, times: number) => async () => {
  const data = encodeFunctionData({ abi, functionName: "repeat", args: [counter, BigInt(times)] });
  const played = await play(a, repeater, data);
  if (decodeFunctionResult({ abi, functionName: "repeat", data: played.output }) !== BigInt(times))
    throw new Error("a benchmark counted wrong");
  return played;
};

console.log("calls in one transaction of A (ms; per call; ratio to a call inside A)");
for (const times of COUNTS) {
  const [inside = NaN, toB = NaN, toL1 = NaN] = await compare([
    repeat(local, times),
    repeat(far.B ?? local, times),
    repeat(far.L1 ?? local, times),
  ]);
  const show = (value: number) =>
    `${value.toFixed(1)} (${(value / times).toFixed(3)}; ${(value / inside).toFixed(2)}x)`;
  console.log(
    `${times.toString().padStart(5)}  inside A ${show(inside)}  A=>B ${show(toB)}  A=>L1 ${show(toL1)}`,
  );
}

console.log("depth A=>B=>A=>B... (ms; per level)");
const { abi: countdownAbi } = await artefact("Countdown");
const [here, there] = [await world.create(a, "Countdown"), await world.create(b, "Countdown")];
await world.callOn(a, "Countdown", here, "setPeer", [await world.proxy(a, there, b)]);
await world.callOn(b, "Countdown", there, "setPeer", [await world.proxy(b, here, a)]);
for (const depth of DEPTHS) {
  const data = encodeFunctionData({ abi: countdownAbi, functionName: "deep", args: [BigInt(depth)] });
  const [time = NaN] = await compare([() => play(a, here, data)]);
  console.log(`${depth.toString().padStart(5)}  ${time.toFixed(1)} (${(time / depth).toFixed(3)})`);
}
await world.l1.close();
process.exit();
