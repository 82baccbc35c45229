import path from "node:path";
import type { LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { developmentAccount } from "../../devnet/accounts.ts";
import { prepareArtefacts } from "../../node/artefacts.ts";
import { keysWarning } from "../../node/circuits.ts";
import {
  genesisContracts,
  genesisFiles,
  keysFolder,
  parseConfiguration,
  predeploys,
  proofs,
  privateKey,
  rpcUrl,
  shownPredeploys,
} from "../../node/configuration.ts";
import { deploy } from "../../node/deployment/deploy.ts";
import { writeGenesisFile } from "../../node/genesis/file.ts";
import { readGenesis } from "../../node/genesis/given.ts";
import { deployedKinds, knownKind, provenBy } from "../../node/kinds/index.ts";
import { isKindName, kindNames } from "../../node/kinds/names.ts";
import { commandLine } from "../../places/places.ts";
import { DEFAULT_PORT_BASE } from "../../node/port-numbers.ts";
import { shownUrl } from "../../protocol/shown-url.ts";
import { UNPROVEN_LABEL, unprovenWarning } from "../show/unproven-label.ts";

/** How far from L1's node a builder on the same machine listens, so that a devnet's ports stay free. */
const OTHER_PORTS = 1_000;

const configuration = z.object({
  rpc: rpcUrl,
  genesis: genesisFiles,
  genesisContract: genesisContracts,
  kinds: z
    .string()
    .transform((names) => names.split(",").map((name) => name.trim()))
    .refine((names) => names.every((name) => isKindName(name)), `kinds of rollups are ${kindNames()}`),
  predeploys,
  proofs,
  keys: keysFolder,
  key: privateKey.optional(),
});

export interface DeployCommandOptions {
  readonly rpc: string;
  /** Names, separated by commas. */
  readonly kinds: string;
  /** What stands on EVM rollups from genesis on: names, separated by commas, `all`, or `none`. */
  readonly predeploys: string;
  /** Files with contracts of a user's own: `<rollup>=<file>`. */
  readonly genesis?: readonly string[];
  /** The same, one by one: `<rollup>=<address>:<artifact or code>`. */
  readonly genesisContract?: readonly string[];
  /** Where such a genesis is kept, for builders. */
  readonly data: string;
  /** `real`, or `none`: nothing is proven, for tests. */
  readonly proofs?: string;
  /** Folder of ceremony keys. */
  readonly keys?: string;
}

/**
 * Puts the contracts and rollups on the L1 behind `rpc`, and prints what a builder needs to know.
 * The account of LOCKSTEP_KEY pays, by default the first development account.
 * @throws `INVALID_CONFIGURATION`, `INVALID_GENESIS`; `DEVELOPMENT_KEY`, `UNPROVEN_KIND` before anything is
 * sent to a chain that is not local; `DEPLOYMENT`.
 */
export async function runDeploy({ data, ...options }: DeployCommandOptions): Promise<void> {
  const given = { ...options, key: process.env.LOCKSTEP_KEY };
  const { rpc, keys, key, ...wanted } = parseConfiguration(configuration, given);
  const planned = wanted.kinds.map((name, index) => ({ names: [String(index + 1)], kind: knownKind(name) }));
  const accounts = await readGenesis(wanted, planned, wanted.predeploys);
  const kinds = deployedKinds(wanted.kinds, wanted.predeploys, accounts).map((known) =>
    provenBy(wanted.proofs, known),
  );
  const account: LocalAccount = key === undefined ? developmentAccount(0) : privateKeyToAccount(key);
  const circuits = await prepareArtefacts({ keys, kinds });
  // Kept before there is anything that begins with it.
  const files = await Promise.all(
    kinds.map(async ({ kind }, index) => {
      const own = accounts[index];
      if (own === undefined || own.size === 0) return undefined;
      return await writeGenesisFile(path.join(data, "genesis"), await kind.genesisRoot(), own);
    }),
  );
  const deployment = await deploy({ rpc, account, kinds, circuits });
  const { evmChainId, proofSystems, rollups, registered, deploymentBlock } = deployment;
  console.log(`Rollups               ${rollups}  (EVM chain id ${evmChainId})`);
  for (const [source, address] of proofSystems)
    console.log(`${path.basename(source, ".sol").padEnd(22)}${address}`);
  for (const { id, kind } of registered)
    console.log(
      `${`rollup ${id}`.padEnd(22)}${kind.kind.name}${kind.kind.isProven ? "" : `  ${UNPROVEN_LABEL}`}`,
    );
  if (wanted.proofs === "real") console.log(keysWarning(circuits));
  const unproven = registered.filter(({ kind }) => !kind.kind.isProven).map(({ id }) => `rollup ${id}`);
  const why = wanted.proofs === "none" ? "it was asked for (--proofs none)" : undefined;
  const warning = unprovenWarning(unproven, why);
  if (warning !== undefined) console.log(warning);
  console.log("\nA builder for them, with the private key of the account that posts in LOCKSTEP_KEY:");
  const line = [
    commandLine("builder", `--rpc ${shownUrl(rpc)} --rollups ${rollups}`),
    ...registered.map(({ id, kind }) => `--rollup ${id}:${kind.kind.name}`),
    ...(kinds.some(({ withGenesis }) => withGenesis !== undefined)
      ? [`--predeploys ${shownPredeploys(wanted.predeploys)}`]
      : []),
    ...registered.flatMap(({ id }, index) =>
      files[index] === undefined ? [] : [`--genesis ${id}=${path.relative("", files[index])}`],
    ),
    `--deployment-block ${deploymentBlock}`,
    `--port-base ${portBaseBeside(rpc, registered.length)}`,
    ...(wanted.proofs === "none" ? ["--proofs none"] : []),
    ...(keys === undefined ? [] : [`--keys ${keys}`]),
  ];
  console.log(`  ${line.join(" ")}`);
}

/**
 * First port of a builder on this machine: the default one, unless that is where the L1 node may be. Its own
 * ports come after it.
 */
export function portBaseBeside(rpc: string, rollups: number): number {
  const { hostname, port } = new URL(rpc);
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  const taken = Number(port);
  const isInTheWay = isHere && taken >= DEFAULT_PORT_BASE && taken <= DEFAULT_PORT_BASE + 1 + rollups;
  return isInTheWay ? taken + OTHER_PORTS : DEFAULT_PORT_BASE;
}
