import pc from "picocolors";
import type { Devnet } from "../../../devnet/devnet.ts";
import { makeFirstCall } from "../../../devnet/tour/first-call.ts";
import { makeProvenCall } from "../../../devnet/tour/proven-call.ts";
import type { Circuits } from "../../../node/circuits.ts";
import { step } from "../../../node/progress.mjs";
import { L1 } from "../../../protocol/ids.ts";
import { BatchTimings } from "../../show/batch-timings.ts";
import { showTransaction } from "../../show/show.ts";

/** Plays one call from L1 to the ledger, and shows what became of it. */
export async function showFirstCall(devnet: Devnet, circuits: Circuits): Promise<void> {
  using timings = new BatchTimings(devnet);
  const isProven = devnet.description.rollups.every(({ cheats }) => cheats !== true);
  const title = isProven ? "playing one proven call" : "playing one call";
  const call = await step(title, () => makeFirstCall(devnet.description));
  const what = pc.bold(`One L1 transaction, ${isProven ? "proven" : "UNPROVEN"}:`);
  console.log(`\n${what} ${call.summary}`);
  await showTransaction(call.hash, {
    devnet: devnet.description,
    circuits,
    timings,
    contracts: [{ chain: L1, address: call.piggyBank, name: "PiggyBank" }],
    print: (line) => {
      console.log(line);
    },
  });
}

/** The same of an unchanged Solidity contract, with what its proofs took and what L1 had to be told first. */
export async function showProvenCall(devnet: Devnet, circuits: Circuits): Promise<void> {
  using timings = new BatchTimings(devnet);
  const details: string[] = [];
  const stop = devnet.builder.listen((event) => {
    if (event.type === "prerequisiteMet")
      details.push(`L1 was told ${event.what}: ${event.gas.toLocaleString("en")} gas, once`);
    if (event.type === "proven" && event.about !== undefined) details.push(event.about);
  });
  const call = await step("playing one proven call of Solidity", () => makeProvenCall(devnet.description));
  stop();
  console.log(`\n${pc.bold("Solidity on a rollup, proven:")} ${call.summary}`);
  const print = (line: string): void => {
    console.log(line);
  };
  await showTransaction(call.hash, {
    devnet: devnet.description,
    circuits,
    timings,
    contracts: [
      { chain: L1, address: call.caller, name: "CounterCaller" },
      { chain: call.rollup, address: call.counter, name: "Counter" },
    ],
    print,
  });
  for (const line of details) print(`    ${line}`);
}
