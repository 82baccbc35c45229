import pc from "picocolors";
import { prepareArtefacts } from "../../node/artefacts.ts";
import { startDevnet } from "../../devnet/devnet.ts";
import { logger } from "../log.ts";
import type { NamedContract } from "../../devnet/names.ts";
import { DEVNET_ROLLUPS } from "../../devnet/devnet-rollups.ts";
import { freePorts } from "../../node/ports.ts";
import { step } from "../../node/progress.mjs";
import { showTransaction } from "../show/show.ts";
import { untilShutdown } from "../shutdown.ts";
import { BatchTimings } from "../show/batch-timings.ts";
import { Checks } from "../../devnet/tour/checks.ts";
import { runTour } from "../../devnet/tour/tour.ts";
import { unprovenWarning } from "../show/unproven-label.ts";

/**
 * `npm run demo`.
 * @throws when a state read back from the chains is not as it should be.
 */
export async function runDemo(): Promise<void> {
  const shutdown = untilShutdown(() => undefined);
  shutdown.addEventListener("abort", () => {
    console.error("demo stopped");
    // Nothing of a throw-away devnet outlives its process.
    process.exit(130);
  });
  const begun = performance.now();
  const circuits = await prepareArtefacts();
  await using devnet = await step("starting a devnet of its own", async () =>
    startDevnet({ ports: await freePorts(DEVNET_ROLLUPS.length), circuits, log: logger() }),
  );
  using timings = new BatchTimings(devnet);
  const print = (line: string): void => {
    console.log(line);
  };
  const checks = new Checks(print);
  const contracts: NamedContract[] = [];
  await runTour(devnet.description, checks, {
    describe: (line) => {
      print(`\n${pc.bold(line)}`);
    },
    named: (contract) => {
      contracts.push(contract);
    },
    transaction: (hash) =>
      showTransaction(hash, { devnet: devnet.description, circuits, timings, contracts, print }),
  });
  checks.finish();
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  console.log(`\n${pc.green(`Every one of ${checks.passed} expected states was read back.`)} ${seconds} s`);
  console.log(pc.yellow("UNAUDITED, with development keys: anyone can forge their proofs."));
  const { rollups } = devnet.description;
  const warning = unprovenWarning(rollups.filter(({ proven }) => !proven).map(({ name }) => name));
  if (warning !== undefined) console.log(warning);
}
