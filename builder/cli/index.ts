#!/usr/bin/env node
/**
 * Lockstep's commands: `node builder/cli/index.ts start|demo|…`. `npm start` and the other scripts come here,
 * and so does `lockstep`, the program of the package that users install.
 */
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { plainLines } from "../../packages/client/src/words/plain-text.ts";
import { ACCOUNT_COUNT } from "../devnet/account-count.ts";
import { DEVNET_ROLLUPS, shownRollups } from "../devnet/devnet-rollups.ts";
import { PREDEPLOY_NAMES } from "../kinds/evm/genesis/names.ts";
import { kindNames } from "../node/kinds/names.ts";
import { DEFAULT_PORT_BASE, LAST_PORT } from "../node/port-numbers.ts";
import { stayAlive } from "../node/stay-alive.ts";
import { DATA_FOLDER } from "../places/places.ts";
import { LockstepError } from "../protocol/errors.ts";
import { withShownUrls } from "../protocol/shown-url.ts";
import type { DeployCommandOptions } from "./commands/deploy.ts";
import { keysCommand } from "./commands/keys/index.ts";
import type { NodeOptions } from "./commands/node.ts";
import type { ProversOptions } from "./commands/provers.ts";
import type { StartOptions } from "./commands/start/options.ts";
import type { StatusOptions } from "./commands/status.ts";
import type { TraceOptions } from "./commands/trace.ts";
import { applyConfiguration, takesConfiguration } from "./configuration/apply.ts";
import { readConfigurationFile } from "./configuration/file.ts";
import { tellStarter } from "./starter.ts";

const DEFAULT_DATA = DATA_FOLDER;
const KEYS = "folder of ceremony keys, as `keys ceremony export` writes them; by default development keys";

const PROVER_OPTION =
  "what proves on this machine: a name that `provers` lists, or the path of a program like rapidsnark's `prover`; by default the fastest";
const REDIS_OPTION = "Redis or Valkey where prover workers register, for example redis://127.0.0.1:6379";

const PREDEPLOYS_OPTION = `contracts that stand on EVM rollups from genesis on (${PREDEPLOY_NAMES.join(", ")})`;
const GENESIS_OPTION =
  "a file like geth's genesis.json (alloc: code, nonce, storage) with contracts of your own; given once for each rollup";
const GENESIS_CONTRACT_OPTION =
  "a contract of your own that stands there from genesis on: an artifact of Hardhat or Foundry, or its code, 0x…; given once for each";
const FREE_OPTION =
  "how many transactions for rollups that pay no fee may wait; 0: none is taken; default 1024";
const LIFETIME_OPTION =
  "how long an accepted transaction may wait whose fee is below the base fee; default 10800, three hours";
const PROOFS_OPTION =
  "real, or none: nothing is proven, no circuits or keys are made, cheats set the rollups' state; local chains only";
const CALL_OPTION = "how long a call, an estimate or a simulation may run; 0: any time; default 5";
const PAGE_PORT_OPTION =
  "where the page is served that shows what happens; by default behind the gateways' ports";
const NO_PAGE_OPTION = "serve no page";
const ORIGIN_OPTION =
  "web pages of this origin may use the gateways, for example https://app.example; given once for each";

const CONFIG_OPTION =
  "a file with options; by default lockstep.config.ts or .json in the working folder, if there is one";
const NO_CONFIG_OPTION = "read no such file";

function collected(given: string, before: readonly string[]): string[] {
  return [...before, given];
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > LAST_PORT)
    throw new InvalidArgumentError(
      `a port base is a number up to ${LAST_PORT}, or 0 for ports that are free`,
    );
  return port;
}

const program = new Command("lockstep")
  .description("Synchronous composability between L1 and rollups, proven before it takes effect.")
  .showHelpAfterError();

program
  .command("start")
  .description("start a devnet, play one proven call, and stay up until Ctrl-C")
  .option(
    "--port-base <port>",
    "first of consecutive ports: L1's node, its gateway, one for each rollup; 0: any that are free",
    parsePort,
    DEFAULT_PORT_BASE,
  )
  .option(
    "--rollups <name:kind,…>",
    `names and kinds (${kindNames()}) of the rollups`,
    shownRollups(DEVNET_ROLLUPS),
  )
  .option("--accounts <number>", `how many accounts have Ether on every chain; default ${ACCOUNT_COUNT}`)
  .option("--mnemonic <words>", "whose accounts they are; by default of the mnemonic that every tool knows")
  .option("--block-time <seconds>", "L1 makes blocks so far apart; by default one for each transaction")
  .option("--fork <url>", "L1 goes on where this chain is; it keeps chain id 31337")
  .option("--block <number>", "of the chain of --fork; by default its newest block")
  .option("--state <file>", "go on from there, and keep it there; by default every start begins anew")
  .option("--data <folder>", "folder of devnet.json", DEFAULT_DATA)
  .option("--proofs <real or none>", PROOFS_OPTION, "real")
  .option("--keys <folder>", KEYS)
  .option("--predeploys <names>", `${PREDEPLOYS_OPTION}, and on L1; separated by commas, all or none`, "all")
  .option("--genesis <rollup=file>", GENESIS_OPTION, collected, [])
  .option("--genesis-contract <rollup=address:contract>", GENESIS_CONTRACT_OPTION, collected, [])
  .option("--allow-origin <origin>", ORIGIN_OPTION, collected, [])
  .option("--call-timeout <seconds>", CALL_OPTION)
  .option("--free-transactions <number>", FREE_OPTION)
  .option("--transaction-lifetime <seconds>", LIFETIME_OPTION)
  .option("--no-play", "start without playing a call")
  .option("--page-port <port>", PAGE_PORT_OPTION)
  .option("--no-page", NO_PAGE_OPTION)
  .option("--redis <url>", REDIS_OPTION)
  .option("--prover <name or path>", PROVER_OPTION)
  .action(async (options: StartOptions) => {
    await (await import("./commands/start/index.ts")).runStart(options);
  });

program
  .command("demo")
  .description("play the tour on a devnet of its own, and check every state it should lead to")
  .action(async () => {
    await (await import("./commands/demo.ts")).runDemo();
  });

program
  .command("deploy")
  .description(
    "put the contracts and rollups on a local L1; the account of LOCKSTEP_KEY pays, else the first development account",
  )
  .option("--rpc <url>", "JSON-RPC endpoint of the L1 node")
  .option(
    "--kinds <names>",
    `a rollup of each kind is registered (${kindNames()}), separated by commas`,
    DEVNET_ROLLUPS.map(({ kind }) => kind).join(","),
  )
  .option("--predeploys <names>", `${PREDEPLOYS_OPTION}, separated by commas, all or none`, "all")
  .option("--genesis <rollup=file>", `${GENESIS_OPTION}; rollups count from 1`, collected, [])
  .option("--genesis-contract <rollup=address:contract>", GENESIS_CONTRACT_OPTION, collected, [])
  .option("--proofs <real or none>", PROOFS_OPTION, "real")
  .option("--data <folder>", "where the genesis of rollups with contracts of your own is kept", DEFAULT_DATA)
  .option("--keys <folder>", KEYS)
  .action(async (options: DeployCommandOptions) => {
    await (await import("./commands/deploy.ts")).runDeploy(options);
  });

program
  .command("builder")
  .description(
    "run a builder for rollups on any L1; the posting account's private key is read from LOCKSTEP_KEY",
  )
  .option("--rpc <url>", "JSON-RPC endpoint of the L1 node")
  .option("--rollups <address>", "address of the Rollups contract")
  .option(
    "--rollup <id:kind>",
    "a rollup and its kind, for example 1:ledger; given once for each",
    collected,
    [],
  )
  .option("--predeploys <names>", `${PREDEPLOYS_OPTION}; by default all or none, whichever L1 has`)
  .option("--genesis <rollup=file>", `${GENESIS_OPTION}, as deploy wrote it`, collected, [])
  .option("--genesis-contract <rollup=address:contract>", GENESIS_CONTRACT_OPTION, collected, [])
  .option("--deployment-block <number>", "block in which Rollups was deployed", "0")
  .option(
    "--port-base <port>",
    "the L1 gateway listens on the next port, the rollups' on those after it, in the order given",
    parsePort,
    DEFAULT_PORT_BASE,
  )
  .option("--allow-origin <origin>", `${ORIGIN_OPTION}; by default none may`, collected, [])
  .option("--call-timeout <seconds>", CALL_OPTION)
  .option("--free-transactions <number>", FREE_OPTION)
  .option("--transaction-lifetime <seconds>", LIFETIME_OPTION)
  .option("--page-port <port>", PAGE_PORT_OPTION)
  .option("--no-page", NO_PAGE_OPTION)
  .option(
    "--proofs <real or none>",
    "none: rollups that were registered for tests; local chains only",
    "real",
  )
  .option("--data <folder>", "folder of the durable state", path.join(DEFAULT_DATA, "builder"))
  .option("--keys <folder>", KEYS)
  .option("--redis <url>", REDIS_OPTION)
  .option("--prover <name or path>", PROVER_OPTION)
  .action(async (options: unknown) => {
    await (await import("./commands/builder.ts")).runBuilder(options);
  });

program
  .command("node")
  .description("an L1 alone: Hardhat's node, in the order of arrival, until Ctrl-C")
  .option("--port <port>", "where it listens", parsePort, DEFAULT_PORT_BASE)
  .action(async (options: NodeOptions) => {
    await (await import("./commands/node.ts")).runNode(options);
  });

program
  .command("prover-worker")
  .description("prove for builders that are started with the same --redis, until Ctrl-C")
  .option("--redis <url>", "Redis or Valkey, for example redis://127.0.0.1:6379")
  .option("--prover <name or path>", PROVER_OPTION)
  .option("--threads <number>", "processors to use; all by default")
  .option("--keys <folder>", KEYS)
  .action(async (options: unknown) => {
    await (await import("./commands/prover-worker.ts")).runProverWorker(options);
  });

program
  .command("provers")
  .description("list what can prove on this machine, and measure each on a visit of a ledger")
  .option(
    "--prover <path>",
    "a program like rapidsnark's `prover`, or a backend that is not used unasked, to be measured too",
  )
  .action(async (options: ProversOptions) => {
    await (await import("./commands/provers.ts")).showProvers(options);
  });

program
  .command("status")
  .description("say what the running devnet is doing")
  .option("--data <folder>", "folder of devnet.json", DEFAULT_DATA)
  .action(async (options: StatusOptions) => {
    await (await import("./commands/status.ts")).showStatus(options);
  });

program
  .command("trace <hash>")
  .description("show what a transaction of any chain did on all chains: its calls, proofs, gas and times")
  .option("--rpc <url>", "L1's gateway; by default that of the devnet of --data")
  .option("--data <folder>", "folder of devnet.json", DEFAULT_DATA)
  .option(
    "--abi <file or folder>",
    "ABIs or artifacts of Hardhat or Foundry to decode with; given once for each; by default the folder artifacts",
    collected,
    [],
  )
  .option("--json", "all of it in JSON")
  .action(async (hash: string, options: TraceOptions) => {
    await (await import("./commands/trace.ts")).showTrace(hash, options);
  });

program.addCommand(keysCommand());

for (const command of program.commands.filter(takesConfiguration))
  command.option("--config <file>", CONFIG_OPTION).option("--no-config", NO_CONFIG_OPTION);
program.hook("preAction", async (_, command) => {
  if (!takesConfiguration(command)) return;
  const { config } = command.opts<{ readonly config?: string | false }>();
  if (config === false) return;
  const configuration = await readConfigurationFile(config);
  if (configuration === undefined) return;
  console.error(pc.dim(`configuration: ${path.relative("", configuration.file)}`));
  applyConfiguration(command, configuration);
});

try {
  using _alive = stayAlive();
  await program.parseAsync();
} catch (error) {
  if (error instanceof LockstepError) {
    const message = plainLines(error.message);
    console.error(`${pc.red("lockstep:")} ${message} ${pc.dim(`(${error.code}, ${error.docs})`)}`);
    await tellStarter({ type: "failed", code: error.code, message: error.message, docs: error.docs });
  } else console.error(plainLines(withShownUrls(String(error instanceof Error ? error.stack : error))));
  process.exitCode = 1;
}
// Hardhat's node keeps threads that would hold the process; everything of ours is closed by now.
process.exit();
