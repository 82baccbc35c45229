import type { LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { developmentAccount } from "../../devnet/accounts.ts";
import { prepareArtefacts } from "../../node/artefacts.ts";
import { keysWarning } from "../../node/circuits.ts";
import { keysFolder, parseConfiguration, privateKey, rpcUrl } from "../../node/configuration.ts";
import { deploy } from "../../node/deployment/deploy.ts";
import { kindNames, knownKind, ROLLUP_KINDS } from "../../node/kinds/index.ts";
import { shownUrl } from "../../protocol/shown-url.ts";
import { UNPROVEN_LABEL, unprovenWarning } from "../show/unproven-label.ts";

const configuration = z.object({
  rpc: rpcUrl,
  kinds: z
    .string()
    .transform((names) => names.split(",").map((name) => name.trim()))
    .refine((names) => names.every((name) => ROLLUP_KINDS.has(name)), `kinds of rollups are ${kindNames()}`)
    .transform((names) => names.map(knownKind)),
  keys: keysFolder,
  key: privateKey.optional(),
});

export interface DeployCommandOptions {
  readonly rpc: string;
  /** Names, separated by commas. */
  readonly kinds: string;
  /** Folder of ceremony keys. */
  readonly keys?: string;
}

/**
 * Puts the contracts and rollups on the L1 behind `rpc`, and prints what a builder needs to know.
 * The account of LOCKSTEP_KEY pays, by default the first development account.
 * @throws `INVALID_CONFIGURATION`; `DEVELOPMENT_KEY`, `UNPROVEN_KIND` before anything is sent to a chain that
 * is not local; `DEPLOYMENT`.
 */
export async function runDeploy(options: DeployCommandOptions): Promise<void> {
  const given = { ...options, key: process.env.LOCKSTEP_KEY };
  const { rpc, kinds, keys, key } = parseConfiguration(configuration, given);
  const account: LocalAccount = key === undefined ? developmentAccount(0) : privateKeyToAccount(key);
  const circuits = await prepareArtefacts({ keys });
  const deployment = await deploy({ rpc, account, kinds, circuits });
  const { evmChainId, proofSystems, rollups, registered, deploymentBlock } = deployment;
  console.log(`Rollups               ${rollups}  (EVM chain id ${evmChainId})`);
  for (const [source, address] of proofSystems)
    console.log(`${source.replace(/\.sol$/, "").padEnd(22)}${address}`);
  for (const { id, kind } of registered)
    console.log(
      `rollup ${id}              ${kind.kind.name}${kind.kind.isProven ? "" : `  ${UNPROVEN_LABEL}`}`,
    );
  console.log(keysWarning(circuits));
  const unproven = registered.filter(({ kind }) => !kind.kind.isProven).map(({ id }) => `rollup ${id}`);
  const warning = unprovenWarning(unproven);
  if (warning !== undefined) console.log(warning);
  console.log("\nA builder for them, with the private key of the account that posts in LOCKSTEP_KEY:");
  const ids = registered.map(({ id, kind }) => `--rollup ${id}:${kind.kind.name}`).join(" ");
  console.log(
    `  npm run builder -- --rpc ${shownUrl(rpc)} --rollups ${rollups} ${ids} --deployment-block ${deploymentBlock}${keys === undefined ? "" : ` --keys ${keys}`}`,
  );
}
