import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import { type Builder, createBuilder } from "../builder.ts";
import { LEDGER } from "../kinds/ledger/abi.ts";
import { ledgerKind } from "../kinds/ledger/index.ts";
import { hashVerificationKey } from "../keys/verification-key.ts";
import { createWasmProver } from "../proof/wasm-prover.ts";
import { developmentAccount, developmentAccounts } from "./accounts.ts";
import type { Circuits } from "./artefacts.ts";
import { deploy } from "./deploy.ts";
import { type DevnetDescription, removeDescription, writeDescription } from "./description.ts";
import { openGateways } from "./gateways.ts";
import { ObservedProver } from "./observed-prover.ts";
import { startL1 } from "./l1.ts";
import type { DevnetPorts } from "./ports.ts";

export interface DevnetOptions {
  readonly ports: DevnetPorts;
  readonly circuits: Circuits;
  /** Where `devnet.json` is kept while the devnet runs; without it nothing is written. */
  readonly folder?: string;
  readonly log?: Logger;
}

export interface Devnet extends AsyncDisposable {
  readonly description: DevnetDescription;
  readonly builder: Builder;
  readonly prover: ObservedProver;
}

/**
 * A whole system on this machine and in this process: L1, the contracts, a builder with one ledger, their gateways.
 * Nothing outlives it: every devnet starts from genesis.
 */
export async function startDevnet({ ports, circuits, folder, log }: DevnetOptions): Promise<Devnet> {
  await using cleanup = new AsyncDisposableStack();
  // The keys are read while the node starts. All three are waited for, so that what did start is also stopped.
  const [proving, node, genesis] = await Promise.allSettled([
    createWasmProver({ artefacts: [...circuits.values()].map(({ artefacts }) => artefacts) }),
    startL1(ports.rpc),
    ledgerKind.genesisRoot(),
  ]);
  if (proving.status === "fulfilled") cleanup.defer(() => proving.value.close());
  if (node.status === "fulfilled") cleanup.defer(() => node.value.close());
  const prover = new ObservedProver(valueOf(proving));
  const l1 = valueOf(node);
  const keys = [...circuits].map(([name, { verificationKey }]) => [name, verificationKey] as const);
  const deployment = await deploy({
    rpc: l1.url,
    genesisRoot: valueOf(genesis),
    verificationKeys: keys.map(([, key]) => key),
  });
  const builder = await createBuilder({
    l1Rpc: l1.url,
    rollupsAddress: deployment.rollups,
    rollups: [
      {
        id: deployment.ledger,
        kind: ledgerKind,
        verificationKeys: Object.fromEntries(keys.map(([name, key]) => [name, hashVerificationKey(key)])),
      },
    ],
    account: developmentAccount(0),
    prover,
    ...(log === undefined ? {} : { log }),
  });
  cleanup.use(builder);
  const gateways = await openGateways(builder, ports, log);
  cleanup.use(gateways);
  const [ledger] = gateways.rollups;
  const description: DevnetDescription = {
    l1: {
      rpc: l1.url,
      gateway: gateways.l1,
      chainId: Number(deployment.evmChainId),
      rollups: deployment.rollups,
    },
    rollups: ledger === undefined ? [] : [{ ...ledger, kind: ledgerKind.name, contract: LEDGER }],
    accounts: developmentAccounts(),
  };
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    writeDescription(folder, description);
    cleanup.defer(() => {
      removeDescription(folder);
    });
  }
  const resources = cleanup.move();
  return { description, builder, prover, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function valueOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
