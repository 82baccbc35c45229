import { once } from "node:events";
import { isAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { createBuilder } from "../../builder.ts";
import { ledgerKind } from "../../kinds/ledger/index.ts";
import { assertKeysAllowed } from "../../keys/policy.ts";
import { hashVerificationKey } from "../../keys/verification-key.ts";
import { connectL1 } from "../../l1/client.ts";
import { createWasmProver } from "../../proof/wasm-prover.ts";
import { chainId } from "../../protocol/ids.ts";
import { prepareCircuits } from "../artefacts.ts";
import { parseConfiguration, privateKey, rpcUrl } from "../configuration.ts";
import { openGateways } from "../gateways.ts";
import { logger } from "../log.ts";
import { claimGatewayPorts, portsFrom } from "../ports.ts";
import { untilShutdown } from "../shutdown.ts";

const uint = z
  .string()
  .regex(/^\d{1,18}$/, "is not a number")
  .transform(BigInt);

/** Options of the command line and the environment, checked. */
export const builderConfiguration = z.object({
  rpc: rpcUrl,
  rollups: z.custom<`0x${string}`>(
    (value) => typeof value === "string" && isAddress(value),
    "is not an address",
  ),
  rollup: uint.refine((id) => id > 0n, "rollups count from 1"),
  deploymentBlock: uint,
  portBase: z.int(),
  data: z.string().min(1),
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

/** A builder for one ledger on any L1, with durable state, until the process is told to stop. */
export async function runBuilder(options: unknown): Promise<void> {
  const configuration = parseBuilderConfiguration(options, process.env.LOCKSTEP_KEY);
  const log = logger("info");
  const ports = portsFrom(configuration.portBase);
  await claimGatewayPorts(ports);
  const circuits = await prepareCircuits();
  const keys = [...circuits].map(([name, { verificationKey }]) => [name, verificationKey] as const);
  // These circuits' keys are development keys: on a chain where they are worthless the builder does not start.
  const evmChainId = BigInt(await connectL1(configuration.rpc).getChainId());
  assertKeysAllowed(
    evmChainId,
    keys.map(([, key]) => key),
  );
  const prover = await createWasmProver({
    artefacts: [...circuits.values()].map(({ artefacts }) => artefacts),
  });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => prover.close());
  const builder = await createBuilder({
    l1Rpc: configuration.rpc,
    rollupsAddress: configuration.rollups,
    rollups: [
      {
        id: chainId(configuration.rollup),
        kind: ledgerKind,
        verificationKeys: Object.fromEntries(keys.map(([name, key]) => [name, hashVerificationKey(key)])),
      },
    ],
    account: privateKeyToAccount(configuration.key),
    prover,
    folder: configuration.data,
    deploymentBlock: configuration.deploymentBlock,
    log,
  });
  cleanup.use(builder);
  const gateways = cleanup.use(await openGateways(builder, ports, log));
  log.info(
    { l1: gateways.l1, rollups: gateways.rollups, unaudited: true, developmentKeys: true },
    "builder is up",
  );
  const shutdown = untilShutdown(() => undefined);
  if (!shutdown.aborted) await once(shutdown, "abort");
  log.info("stopping");
}
