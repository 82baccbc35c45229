import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import { privateKeyToAccount } from "viem/accounts";
import { type Builder, createBuilder } from "../core/builder.ts";
import { DevnetAccounts } from "./accounts.ts";
import type { Circuits } from "../node/circuits.ts";
import { type Deployment, deploy, type RegisteredRollup } from "../node/deployment/deploy.ts";
import {
  type DevnetDescription,
  removeDescription,
  writeDescription,
} from "../node/deployment/description.ts";
import { DEVNET_ROLLUPS, type DevnetRollup } from "./devnet-rollups.ts";
import type { Fork } from "./fork.ts";
import { fundAccounts } from "./funding.ts";
import { canShareOut } from "./funding-at-once.ts";
import { fundingFrom } from "./endless-funding.ts";
import { openGateways, type RollupEndpoint } from "../node/gateways.ts";
import { L1_CHAIN_ID, mineByOwnTimer, mineByTimer, startL1 } from "./l1.ts";
import { PREDEPLOY_NAMES, type PredeployName } from "../kinds/evm/genesis/names.ts";
import type { GenesisAccounts } from "../kinds/evm/genesis/read.ts";
import { noProver } from "./no-prover.ts";
import { chainId } from "../protocol/ids.ts";
import { openDurable, restore } from "./state/durable.ts";
import type { KeptState } from "./state/file.ts";
import { StateKeeper } from "./state/keeper.ts";
import { ObservedProver } from "./observed-prover.ts";
import { placePredeploys } from "./predeploys.ts";
import { openPage, pageChains } from "../node/page/open.ts";
import type { DevnetPorts } from "../node/ports.ts";
import { builderRollup, deployedKinds, type KnownKind, type Proofs, provenBy } from "../node/kinds/index.ts";

export interface DevnetOptions {
  readonly ports: DevnetPorts;
  /** In the order of their numbers; by default `DEVNET_ROLLUPS`. */
  readonly rollups?: readonly DevnetRollup[];
  /** Which accounts have Ether; by default those of the mnemonic that every tool knows. */
  readonly accounts?: DevnetAccounts;
  /**
   * Seconds after which L1 makes a block of what waits there, once the devnet is up; by default it makes one
   * for each transaction. Batches do not wait for it.
   */
  readonly blockTime?: number | undefined;
  /** What L1 begins with; by default it is empty. */
  readonly fork?: Fork | undefined;
  /**
   * File from which it goes on where it was when it was stopped, and where that is kept; without it every
   * devnet begins anew.
   */
  readonly state?: string | undefined;
  /** What proofs are made with; none is needed without proofs. */
  readonly circuits?: Circuits;
  /**
   * `none`: rollups of every kind are registered for tests. Nothing is proven, no circuit or key is needed,
   * and cheats set their state (docs/operations.md, "Without proofs"). Default `real`.
   */
  readonly proofs?: Proofs;
  /** Where `devnet.json` is kept while the devnet runs; without it nothing is written. */
  readonly folder?: string;
  readonly log?: Logger;
  /** URL of a Redis where prover workers register; without it, only this machine proves. */
  readonly redis?: string | undefined;
  /**
   * What proves on this machine: a backend's name or a program's path; by default the fastest that there is.
   */
  readonly backend?: string | undefined;
  /** Origins of web pages that may use the gateways, besides those that this machine serves. */
  readonly allowOrigin?: readonly string[];
  /** Contracts of others' that stand on L1 and the EVM rollups from the beginning; by default all. */
  readonly predeploys?: readonly PredeployName[];
  /** Contracts of the user's own that rollups have besides, in the order of the rollups. */
  readonly genesis?: readonly GenesisAccounts[];
  /** Milliseconds for which EVM code of one request may run; 0: any time. Default 5 s. */
  readonly callTimeout?: number | undefined;
  /** How many transactions for rollups may wait that pay nothing; 0: none is taken. Default 1,024. */
  readonly freeTransactions?: number | undefined;
  /** For how long transactions may wait, milliseconds. */
  readonly lifetime?: number | undefined;
  /** Where the page is served, 0 for any port that is free; without it none is. */
  readonly pagePort?: number | undefined;
}

export interface Devnet extends AsyncDisposable {
  readonly description: DevnetDescription;
  readonly builder: Builder;
  readonly prover: ObservedProver;
}

/**
 * A whole system on this machine and in this process: L1, the contracts, rollups, a builder for them, their
 * gateways. Without a file for its state, nothing outlives it.
 * @example
 * ```ts
 * import { startDevnet } from "./builder/devnet/devnet.ts";
 * import { DEVNET_ROLLUPS } from "./builder/devnet/devnet-rollups.ts";
 * import { prepareArtefacts } from "./builder/node/artefacts.ts";
 * import { freePorts } from "./builder/node/ports.ts";
 *
 * const ports = await freePorts(DEVNET_ROLLUPS.length);
 * await using devnet = await startDevnet({ ports, circuits: await prepareArtefacts() });
 * console.log(devnet.description.l1.gateway);
 * ```
 */
export async function startDevnet({
  ports,
  rollups: planned = DEVNET_ROLLUPS,
  accounts: holders = new DevnetAccounts(),
  blockTime,
  fork,
  state,
  circuits = new Map(),
  proofs = "real",
  folder,
  log,
  redis,
  backend,
  allowOrigin = [],
  predeploys = PREDEPLOY_NAMES,
  genesis,
  callTimeout,
  freeTransactions,
  lifetime,
  pagePort,
}: DevnetOptions): Promise<Devnet> {
  await using cleanup = new AsyncDisposableStack();
  const kinds = deployedKinds(
    planned.map(({ kind }) => kind),
    predeploys,
    genesis,
  ).map((known) => provenBy(proofs, known));
  const plan = { rollups: planned, accounts: holders, predeploys, proofs, kinds };
  const durable = state === undefined ? undefined : await openDurable(state, plan);
  const kept = durable?.kept;
  // The keys are read while the node starts. Both are waited for, so that what did start is also stopped.
  const [proving, node] = await Promise.allSettled([
    proofs === "none"
      ? { pool: noProver(), [Symbol.asyncDispose]: async () => undefined }
      : import("../node/prover.ts").then(({ openProver }) =>
          openProver({
            circuits: [...circuits.values()].map(({ artefacts }) => artefacts),
            redis,
            backend,
            log,
          }),
        ),
    startL1(ports.rpc, { accounts: holders, fork, recording: durable }),
  ]);
  if (proving.status === "fulfilled") cleanup.use(proving.value);
  if (node.status === "fulfilled") cleanup.defer(() => node.value.close());
  const prover = new ObservedProver(valueOf(proving).pool);
  const l1 = valueOf(node);
  if (durable !== undefined && kept !== undefined) await restore(durable, kept, l1.url);
  else await placePredeploys(l1.url, predeploys);
  const { evmChainId, rollups, registered, deploymentBlock } =
    kept === undefined
      ? await deploy({ account: holders.posting, rpc: l1.url, kinds, circuits })
      : deployedBefore(kept, kinds);
  const builder = await createBuilder({
    l1Rpc: l1.url,
    manager: rollups,
    rollups: registered.map(({ id, kind }) => builderRollup(id, kind, circuits)),
    account: holders.posting,
    prover,
    deploymentBlock,
    freeTransactions,
    lifetime,
    ...(log === undefined ? {} : { log }),
  });
  cleanup.use(builder);
  const accounts = holders.users.map(({ privateKey }) => privateKeyToAccount(privateKey));
  if (kept === undefined)
    await fundAccounts({
      builder,
      payer: holders.funding,
      accounts: accounts.map(({ address }) => address),
      rollups: registered.filter(({ kind }) => kind.hasWallets).map(({ id }) => id),
      sharedOut: canShareOut(predeploys, genesis),
    });
  if (durable !== undefined) {
    const facts = { ...durable, rollups, deploymentBlock: Number(deploymentBlock) };
    cleanup.use(await StateKeeper.open(facts, log));
  }
  const gateways = await openGateways(builder, {
    ports,
    accounts,
    localPages: true,
    ...(proofs === "none" && { fund: fundingFrom({ builder, payer: holders.funding, node: l1.url }) }),
    allowOrigin,
    callTimeout,
    ...(log === undefined ? {} : { log }),
  });
  cleanup.use(gateways);
  if (blockTime !== undefined && durable !== undefined) cleanup.use(await mineByOwnTimer(l1.url, blockTime));
  else if (blockTime !== undefined) await mineByTimer(l1.url, blockTime);
  const chains = {
    l1: { rpc: l1.url, gateway: gateways.l1, chainId: Number(evmChainId), rollups, ...forked(fork) },
    rollups: registered.map((rollup, index) => describe(rollup, planned[index], gateways.rollups[index])),
    accounts: [...holders.users],
  };
  const page = pagePort === undefined ? undefined : cleanup.use(await openPage(pagePort, pageChains(chains)));
  const description: DevnetDescription = { ...chains, ...(page === undefined ? {} : { page: page.url }) };
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

function describe(
  { id, kind: { kind, contract, isForTests } }: RegisteredRollup,
  plan: DevnetRollup | undefined,
  endpoint: RollupEndpoint | undefined,
): DevnetDescription["rollups"][number] {
  if (endpoint === undefined || plan === undefined) throw new RangeError(`rollup ${id} has no gateway`);
  return {
    id: Number(id),
    name: plan.name,
    kind: kind.name,
    proven: kind.isProven,
    ...(isForTests === true ? { cheats: true } : {}),
    gateway: endpoint.url,
    chainId: Number(endpoint.chainId),
    contract: contract.address,
  };
}

/** What an earlier start deployed, in the order of the same plan. */
function deployedBefore(
  { rollups, deploymentBlock }: KeptState,
  kinds: readonly KnownKind[],
): Omit<Deployment, "proofSystems"> {
  return {
    evmChainId: BigInt(L1_CHAIN_ID),
    rollups,
    deploymentBlock: BigInt(deploymentBlock),
    registered: kinds.map((kind, index) => ({ id: chainId(BigInt(index + 1)), kind })),
  };
}

/** Where a fork comes from; not from which node, whose address may hold a key. */
function forked(fork: Fork | undefined): Pick<DevnetDescription["l1"], "fork"> {
  return fork === undefined ? {} : { fork: { chainId: fork.chainId, block: Number(fork.block) } };
}

function valueOf<Value>(result: PromiseSettledResult<Value>): Value {
  if (result.status === "rejected") throw result.reason;
  return result.value;
}
