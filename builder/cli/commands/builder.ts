import { isAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { createBuilder } from "../../core/builder.ts";
import { connectL1 } from "../../l1/client.ts";
import { chainId } from "../../protocol/ids.ts";
import { prepareArtefacts } from "../../node/artefacts.ts";
import { haveDevelopmentKeys } from "../../node/circuits.ts";
import {
  callTimeout,
  freeTransactions,
  genesisContracts,
  genesisFiles,
  keysFolder,
  origins,
  pagePort,
  parseConfiguration,
  predeploys,
  proofs,
  privateKey,
  redisUrl,
  rpcUrl,
  transactionLifetime,
} from "../../node/configuration.ts";
import { openGateways } from "../../node/gateways.ts";
import { pageOrigins } from "../../gateway/page-server.ts";
import { openPage } from "../../node/page/open.ts";
import { pagePortBehind } from "../../node/page/port.ts";
import { logger } from "../log.ts";
import { claimGatewayPorts, portsAt } from "../../node/ports.ts";
import { openProver } from "../../node/prover.ts";
import { readGenesis } from "../../node/genesis/given.ts";
import { withRegisteredGenesis } from "../../node/genesis/registered.ts";
import { assertRegistered } from "../../node/registered.ts";
import { builderRollup, knownKind, provenBy } from "../../node/kinds/index.ts";
import { isKindName, kindNames } from "../../node/kinds/names.ts";
import { shutdownAsked } from "../shutdown.ts";

const NUMBER = /^\d{1,18}$/;
const uint = z.string().regex(NUMBER, "is not a number").transform(BigInt);

/** `id:kind`, for example `2:evm`. */
const rollup = z
  .string()
  .transform((text) => text.split(":"))
  .refine(
    ([id = "", kind = "", ...more]) =>
      NUMBER.test(id) && BigInt(id) > 0n && isKindName(kind) && more.length === 0,
    `is not a rollup and its kind, for example 1:ledger; rollups count from 1, kinds are ${kindNames()}`,
  )
  .transform(([id = "", kind = ""]) => ({ id: chainId(BigInt(id)), kind: knownKind(kind) }));

/** Options of the command line and the environment, checked. */
export const builderConfiguration = z.object({
  rpc: rpcUrl,
  rollups: z.custom<`0x${string}`>(
    (value) => typeof value === "string" && isAddress(value),
    "is missing, or not an address: give --rollups, or rollups in a configuration file",
  ),
  rollup: z
    .array(rollup)
    .min(1, "name at least one rollup and its kind, for example 1:ledger")
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "names a rollup twice"),
  proofs,
  predeploys: predeploys.optional(),
  genesis: genesisFiles,
  genesisContract: genesisContracts,
  deploymentBlock: uint,
  portBase: z.int(),
  data: z.string().min(1),
  keys: keysFolder,
  allowOrigin: origins,
  callTimeout,
  freeTransactions,
  transactionLifetime,
  page: z.boolean().default(true),
  pagePort,
  redis: redisUrl.optional(),
  prover: z.string().min(1).optional(),
  key: privateKey,
});

/** @throws `INVALID_CONFIGURATION` naming each option that is wrong; never shows the key. */
export function parseBuilderConfiguration(
  options: unknown,
  key: string | undefined,
): z.infer<typeof builderConfiguration> {
  const given = typeof options === "object" && options !== null ? options : {};
  return parseConfiguration(builderConfiguration, { ...given, key });
}

/** A builder for rollups on any L1, with durable state, until the process is told to stop. */
export async function runBuilder(options: unknown): Promise<void> {
  const configuration = parseBuilderConfiguration(options, process.env.LOCKSTEP_KEY);
  const { rpc, rollups: manager, data: folder, deploymentBlock } = configuration;
  const wanted = configuration.rollup.map(({ id, kind }) => ({
    id,
    kind: provenBy(configuration.proofs, kind),
  }));
  const log = logger("info");
  const accounts = await readGenesis(
    configuration,
    wanted.map(({ id, kind }) => ({ names: [id.toString()], kind })),
    configuration.predeploys ?? [],
  );
  const ports = await portsAt(configuration.portBase, wanted.length);
  await claimGatewayPorts(ports);
  const servedOn = configuration.page ? await pagePortBehind(ports, configuration.pagePort) : undefined;
  const circuits = await prepareArtefacts({
    keys: configuration.keys,
    kinds: wanted.map(({ kind }) => kind),
  });
  const l1 = connectL1(rpc);
  // Development keys are worthless beyond local chains, and so is what is not proven at all: no builder
  // starts there.
  const evmChainId = BigInt(await l1.getChainId());
  for (const { kind } of wanted) kind.scheme.assertAllowed(evmChainId, kind.kind, circuits);
  await assertRegistered(
    l1,
    manager,
    wanted.map(({ id, kind }) => builderRollup(id, kind, circuits)),
  );
  const registration = { l1, manager, firstBlock: deploymentBlock };
  const named = wanted.map(({ id, kind }, index) => ({ id, kind, accounts: accounts[index] }));
  const begun = await withRegisteredGenesis(registration, named, configuration.predeploys);
  const rollups = begun.map(({ id, kind }) => builderRollup(id, kind, circuits));
  await using cleanup = new AsyncDisposableStack();
  const { pool: prover } = cleanup.use(
    await openProver({
      circuits: [...circuits.values()].map(({ artefacts }) => artefacts),
      log,
      redis: configuration.redis,
      backend: configuration.prover,
    }),
  );
  const account = privateKeyToAccount(configuration.key);
  const builder = await createBuilder({
    l1Rpc: rpc,
    manager,
    rollups,
    account,
    prover,
    folder,
    deploymentBlock,
    freeTransactions: configuration.freeTransactions,
    lifetime: configuration.transactionLifetime,
    log,
  });
  cleanup.use(builder);
  const { allowOrigin, callTimeout: limit } = configuration;
  const pages = [...allowOrigin, ...(servedOn === undefined ? [] : pageOrigins(servedOn))];
  const gateways = cleanup.use(
    await openGateways(builder, { ports, log, allowOrigin: pages, callTimeout: limit }),
  );
  const chains = {
    l1: { gateway: gateways.l1, chainId: Number(evmChainId), rollups: manager },
    rollups: gateways.rollups.map(({ id, url, chainId: shown }, index) => ({
      id: Number(id),
      name: `rollup ${id}`,
      kind: wanted[index]?.kind.kind.name ?? "",
      proven: wanted[index]?.kind.kind.isProven ?? false,
      gateway: url,
      chainId: Number(shown),
      contract: wanted[index]?.kind.contract.address ?? null,
    })),
    // Its gateways sign for none.
    accounts: [],
  };
  const page = servedOn === undefined ? undefined : cleanup.use(await openPage(servedOn, chains));
  const endpoints = gateways.rollups.map(({ id, url }) => ({ id: id.toString(), url }));
  const developmentKeys = haveDevelopmentKeys(circuits);
  log.info(
    { l1: gateways.l1, rollups: endpoints, page: page?.url, unaudited: true, developmentKeys },
    "builder is up",
  );
  const unproven = wanted.filter(({ kind }) => !kind.kind.isProven).map(({ id }) => id.toString());
  if (unproven.length > 0)
    log.warn({ rollups: unproven }, "UNPROVEN: anybody can forge these rollups' state");
  await shutdownAsked();
  log.info("stopping");
}
