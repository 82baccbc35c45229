import { existsSync } from "node:fs";
import { DevnetAccounts } from "../../../devnet/accounts.ts";
import type { DevnetRollup } from "../../../devnet/devnet-rollups.ts";
import { startDevnet } from "../../../devnet/devnet.ts";
import { readFork } from "../../../devnet/fork.ts";
import { prepareArtefacts } from "../../../node/artefacts.ts";
import { parseConfiguration } from "../../../node/configuration.ts";
import { descriptionFile, refuseIfRunning, removeDescription } from "../../../node/deployment/description.ts";
import { InvalidConfigurationError } from "../../../node/errors.ts";
import { type GenesisRollup, readGenesis } from "../../../node/genesis/given.ts";
import { knownKind } from "../../../node/kinds/index.ts";
import { pagePortBehind } from "../../../node/page/port.ts";
import { claimPorts, portsAt } from "../../../node/ports.ts";
import { step } from "../../../node/progress.mjs";
import { logger } from "../../log.ts";
import { LiveLines } from "../../show/live-lines.ts";
import { untilShutdown } from "../../shutdown.ts";
import { tellStarter } from "../../starter.ts";
import { type StartOptions, startConfiguration } from "./options.ts";
import { printDevnet } from "./print-devnet.ts";

/**
 * `npm start`.
 * @throws `INVALID_CONFIGURATION`, `INVALID_GENESIS`, `PORT_IN_USE`, `DEVNET_RUNNING` before anything slow.
 */
export async function runStart({
  portBase,
  data,
  play,
  page,
  keys,
  prover,
  ...given
}: StartOptions): Promise<void> {
  const {
    rollups,
    accounts,
    mnemonic,
    blockTime: seconds,
    pagePort: wantedPagePort,
    fork: forked,
    block,
    state,
    redis,
    proofs: mode,
    allowOrigin,
    predeploys: names,
    callTimeout: limit,
    freeTransactions: free,
    transactionLifetime: lifetime,
    ...own
  } = parseConfiguration(startConfiguration, given);
  const genesis = await readGenesis(own, genesisRollups(rollups), names);
  const ports = await portsAt(portBase, rollups.length);
  await refuseIfRunning(data);
  await claimPorts(ports);
  const servedOn = page ? await pagePortBehind(ports, wantedPagePort) : undefined;
  if (forked === undefined && block !== undefined)
    throw new InvalidConfigurationError(["block: is of the chain that --fork names, which is not given"]);
  if (forked !== undefined && state !== undefined)
    throw new InvalidConfigurationError(["state: that of a fork cannot be kept; give --fork or --state"]);
  const fork = forked === undefined ? undefined : await readFork({ url: forked, block });
  // What was played once is kept with the rest.
  const isNew = state === undefined || !existsSync(state);
  let written = false;
  const shutdown = untilShutdown(() => {
    if (written) removeDescription(data);
  });
  const kinds = mode === "none" ? [] : rollups.map(({ kind }) => knownKind(kind));
  const circuits = await abortable(prepareArtefacts({ keys, kinds }), shutdown);
  if (circuits === undefined) return;
  const starting = step("starting the devnet", async () =>
    startDevnet({
      ports,
      rollups,
      accounts: new DevnetAccounts(accounts, mnemonic),
      blockTime: seconds,
      fork,
      state,
      circuits,
      proofs: mode,
      folder: data,
      log: logger(),
      redis,
      backend: prover,
      allowOrigin,
      predeploys: names,
      genesis,
      callTimeout: limit,
      freeTransactions: free,
      lifetime,
      pagePort: servedOn,
    }),
  );
  await using devnet = await starting;
  written = true;
  const has = (kind: string): boolean =>
    play && isNew && !shutdown.aborted && rollups.some((each) => each.kind === kind);
  const calls = async () => await import("./first-calls.ts");
  if (has("ledger")) await abortable((await calls()).showFirstCall(devnet, circuits), shutdown);
  if (mode === "real" && has("proven-evm"))
    await abortable((await calls()).showProvenCall(devnet, circuits), shutdown);
  if (!shutdown.aborted) {
    printDevnet(devnet.description, descriptionFile(data), circuits, genesis);
    await tellStarter({ type: "ready", devnet: devnet.description });
  }
  using _lines = new LiveLines(devnet, (line) => {
    console.log(line);
  });
  await new Promise<void>((resolve) => {
    if (shutdown.aborted) resolve();
    else
      shutdown.addEventListener("abort", () => {
        resolve();
      });
  });
  console.log("stopping");
}

/** The devnet's rollups, by their names and numbers. */
function genesisRollups(rollups: readonly DevnetRollup[]): readonly GenesisRollup[] {
  return rollups.map(({ name, kind }, index) => ({
    names: [name, String(index + 1)],
    kind: knownKind(kind),
  }));
}

/**
 * What `work` gives, or undefined as soon as the process is to stop; work left behind ends with the process.
 */
async function abortable<Result>(work: Promise<Result>, shutdown: AbortSignal): Promise<Result | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    shutdown.addEventListener("abort", () => {
      resolve(undefined);
    });
  });
  return Promise.race([work, stopped]);
}
