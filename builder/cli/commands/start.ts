import { existsSync } from "node:fs";
import path from "node:path";
import pc from "picocolors";
import { z } from "zod";
import { L1 } from "../../protocol/ids.ts";
import { prepareArtefacts } from "../../node/artefacts.ts";
import { keysWarning } from "../../node/circuits.ts";
import {
  blockNumber,
  blockTime,
  callTimeout,
  freeTransactions,
  genesisContracts,
  genesisFiles,
  origins,
  parseConfiguration,
  pagePort,
  predeploys,
  proofs,
  redisUrl,
  rpcUrl,
  transactionLifetime,
} from "../../node/configuration.ts";
import type { DevnetDescription } from "../../node/deployment/description.ts";
import { descriptionFile, refuseIfRunning, removeDescription } from "../../node/deployment/description.ts";
import { type Devnet, startDevnet } from "../../devnet/devnet.ts";
import { logger } from "../log.ts";
import { ACCOUNT_COUNT, DevnetAccounts } from "../../devnet/accounts.ts";
import { type DevnetRollup, rollupsOption } from "../../devnet/devnet-rollups.ts";
import { readFork } from "../../devnet/fork.ts";
import { InvalidConfigurationError } from "../../node/errors.ts";
import { mnemonicFault } from "../../devnet/mnemonic.ts";
import { type GenesisRollup, readGenesis } from "../../node/genesis/given.ts";
import type { GenesisAccounts } from "../../kinds/evm/genesis/read.ts";
import { knownKind } from "../../node/kinds/index.ts";
import { claimPorts, portsAt } from "../../node/ports.ts";
import { pagePortBehind } from "../../node/page/port.ts";
import { step } from "../../node/progress.mjs";
import { showTransaction } from "../show/show.ts";
import { untilShutdown } from "../shutdown.ts";
import { tellStarter } from "../starter.ts";
import { BatchTimings } from "../show/batch-timings.ts";
import { LiveLines } from "../show/live-lines.ts";
import { makeFirstCall } from "../../devnet/tour/first-call.ts";
import { makeProvenCall } from "../../devnet/tour/proven-call.ts";
import { UNPROVEN_LABEL, unprovenWarning } from "../show/unproven-label.ts";
import type { Circuits } from "../../node/circuits.ts";

/** Each needs a transaction on every EVM rollup when the devnet starts. */
const MOST_ACCOUNTS = 100;

export interface StartOptions {
  /** Names and kinds of its rollups: `name:kind`, separated by commas. */
  readonly rollups: string;
  /** How many accounts have Ether. */
  readonly accounts?: string;
  /** Whose accounts they are. */
  readonly mnemonic?: string;
  /** Seconds between two blocks of L1. */
  readonly blockTime?: string;
  /** A node of the chain that L1 is a fork of. */
  readonly fork?: string;
  /** Its block on which L1 goes on; by default its newest. */
  readonly block?: string;
  /** File from which it goes on, and where it is kept. */
  readonly state?: string;
  readonly portBase: number;
  readonly data: string;
  readonly play: boolean;
  /** Whether the page is served. */
  readonly page: boolean;
  /** Where. */
  readonly pagePort?: string;
  /** Folder of ceremony keys. */
  readonly keys?: string;
  /** `real`, or `none`: nothing is proven, for tests. */
  readonly proofs?: string;
  readonly redis?: string;
  readonly prover?: string;
  /** What stands on L1 and EVM rollups from genesis on: names, separated by commas, `all`, or `none`. */
  readonly predeploys: string;
  /** Files with contracts of a user's own: `<rollup>=<file>`, by the rollup's name or number. */
  readonly genesis?: readonly string[];
  /** The same, one by one: `<rollup>=<address>:<artifact or code>`. */
  readonly genesisContract?: readonly string[];
  /** Origins of web pages that may use the gateways, besides those that this machine serves. */
  readonly allowOrigin?: readonly string[];
  /** Seconds for which a call may run; 0: any time. */
  readonly callTimeout?: string;
  /** How many free transactions may wait; 0: none is taken. */
  readonly freeTransactions?: string;
  /** Seconds for which a transaction may wait whose fee is below the base fee. */
  readonly transactionLifetime?: string;
}

const startConfiguration = z.object({
  rollups: rollupsOption,
  accounts: z
    .string()
    .regex(/^\d{1,4}$/, "is not a number of accounts")
    .transform(Number)
    .pipe(z.int().min(1, "is 1 at least").max(MOST_ACCOUNTS, `is ${MOST_ACCOUNTS} at most`))
    .default(ACCOUNT_COUNT),
  mnemonic: z
    .string()
    .superRefine((text, context) => {
      const fault = mnemonicFault(text);
      if (fault !== undefined) context.addIssue(fault);
    })
    .optional(),
  blockTime,
  fork: rpcUrl.optional(),
  block: blockNumber,
  state: z.string().min(1, "is not a file's path").optional(),
  proofs,
  pagePort,
  redis: redisUrl.optional(),
  allowOrigin: origins,
  predeploys,
  genesis: genesisFiles,
  genesisContract: genesisContracts,
  callTimeout,
  freeTransactions,
  transactionLifetime,
});

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
  if (has("ledger")) await abortable(showFirstCall(devnet, circuits), shutdown);
  if (mode === "real" && has("proven-evm")) await abortable(showProvenCall(devnet, circuits), shutdown);
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

async function showFirstCall(devnet: Devnet, circuits: Circuits): Promise<void> {
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
async function showProvenCall(devnet: Devnet, circuits: Circuits): Promise<void> {
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

function printDevnet(
  { l1, rollups, accounts, page }: DevnetDescription,
  file: string,
  circuits: Circuits,
  genesis: readonly GenesisAccounts[],
): void {
  console.log(`\n${pc.bold("Devnet")}`);
  if (page !== undefined) console.log(`  page              ${pc.bold(page)}  what happens, in a browser`);
  console.log(`  L1 node           ${l1.rpc}  (chain id ${l1.chainId})`);
  if (l1.fork !== undefined)
    console.log(
      `  forked            chain ${l1.fork.chainId} at block ${l1.fork.block}; here it is chain ${l1.chainId}`,
    );
  console.log(`  L1 gateway        ${l1.gateway}  point wallets and dApps here`);
  console.log(`  Rollups           ${l1.rollups}`);
  for (const { id, name, kind, proven, gateway, chainId, contract } of rollups) {
    const label = proven ? "" : `  ${UNPROVEN_LABEL}`;
    console.log(
      `  ${`${name} (${kind} ${id})`.padEnd(18)}${gateway}  (chain id ${chainId}), contract ${contract}${label}`,
    );
  }
  for (const [index, own] of genesis.entries())
    for (const address of own.keys())
      console.log(`  ${`on ${rollups[index]?.name ?? ""}`.padEnd(18)}${address}  yours, from genesis on`);
  console.log(`  accounts          ${accounts.length} with public keys, see ${path.relative("", file)}`);
  const forTests = rollups.some(({ cheats }) => cheats === true);
  if (!forTests) console.log(pc.yellow(`  ${keysWarning(circuits)}`));
  const unproven = rollups.filter(({ proven }) => !proven).map(({ name }) => name);
  const warning = unprovenWarning(unproven, forTests ? "it was asked for (--proofs none)" : undefined);
  if (warning !== undefined) console.log(`  ${warning}`);
  console.log("  Ctrl-C stops it.");
}
