import { type Address, type LocalAccount, numberToHex, parseEventLogs } from "viem";
import { rollupsAbi } from "../../protocol/abi.ts";
import { type ChainId, chainId } from "../../protocol/ids.ts";
import type { Circuits } from "../circuits.ts";
import { Deployer } from "./deployer.ts";
import { DeploymentError } from "../errors.ts";
import type { KnownKind } from "../kinds/index.ts";

/** Seconds by which a batch may be older than its L1 block: room for a proof that comes late. */
const MAX_BATCH_AGE = 3_600n;
/** Seconds for which other keys would be announced, were there an owner. */
const VERIFICATION_DELAY = 7 * 24 * 3_600;
/** The rollups' owner: none, so that their keys and their proof systems stay as they are. */
const NO_OWNER = "0x0000000000000000000000000000000000000000";

export interface DeployOptions {
  /** RPC address of an L1 node. */
  readonly rpc: string;
  /** A rollup of each of these kinds is registered, in this order; a kind may be there several times. */
  readonly kinds: readonly KnownKind[];
  /** What the kinds' proofs are made with. */
  readonly circuits: Circuits;
  /** Who pays. */
  readonly account: LocalAccount;
}

/** A rollup as L1 knows it. */
export interface RegisteredRollup {
  readonly id: ChainId;
  readonly kind: KnownKind;
}

export interface Deployment {
  readonly evmChainId: bigint;
  /** By the source of the contract. */
  readonly proofSystems: ReadonlyMap<string, Address>;
  /** Address of `Rollups`. */
  readonly rollups: Address;
  readonly registered: readonly RegisteredRollup[];
  /** First block with `Rollups` in it. */
  readonly deploymentBlock: bigint;
}

/**
 * Puts Lockstep on an L1 and registers rollups.
 * @throws `DEVELOPMENT_KEY`, `UNPROVEN_KIND` before anything is sent where that may not be used;
 * `DEPLOYMENT`.
 * @example
 * ```ts
 * import { developmentAccount } from "./builder/devnet/accounts.ts";
 * import { prepareArtefacts } from "./builder/node/artefacts.ts";
 * import { deploy } from "./builder/node/deployment/deploy.ts";
 * import { knownKind } from "./builder/node/kinds/index.ts";
 *
 * const { registered } = await deploy({
 *   rpc: "http://127.0.0.1:8545",
 *   kinds: ["ledger", "evm"].map((name) => knownKind(name)),
 *   circuits: await prepareArtefacts(),
 *   account: developmentAccount(0),
 * });
 * console.log(registered.map(({ id, kind }) => `${id} ${kind.kind.name}`));
 * ```
 */
export async function deploy({ rpc, kinds, circuits, account }: DeployOptions): Promise<Deployment> {
  const deployer = new Deployer(rpc, account);
  const evmChainId = BigInt(await deployer.client.getChainId());
  for (const { kind, scheme } of kinds) scheme.assertAllowed(evmChainId, kind, circuits);

  const deploymentBlock = (await deployer.client.getBlockNumber()) + 1n;
  const rollups = await deployer.create("Rollups.sol", [MAX_BATCH_AGE]);
  const proofSystems = await deployProofSystems(deployer, kinds, circuits);
  const registered: RegisteredRollup[] = [];
  for (const known of kinds) {
    const { kind, scheme } = known;
    const proofSystem = proofSystems.get(scheme.source);
    if (proofSystem === undefined) throw new RangeError(`${scheme.source} was not deployed`);
    const registration = {
      owner: NO_OWNER,
      proofSystem,
      verificationKeys: Object.values(scheme.keys(kind, circuits)),
      genesisRoot: numberToHex(await kind.genesisRoot(), { size: 32 }),
      nativeToken: false,
      verificationDelay: VERIFICATION_DELAY,
    };
    const call = { abi: rollupsAbi, functionName: "register", args: [registration] };
    const { logs } = await deployer.call(rollups, call);
    const [event] = parseEventLogs({ abi: rollupsAbi, eventName: "RollupRegistered", logs });
    if (event === undefined) throw new DeploymentError("register", "no event was emitted");
    registered.push({ id: chainId(event.args.rollup), kind: known });
  }
  return { evmChainId, proofSystems, rollups, registered, deploymentBlock };
}

/** One for each scheme, which all rollups of all its kinds share. */
async function deployProofSystems(
  deployer: Deployer,
  kinds: readonly KnownKind[],
  circuits: Circuits,
): Promise<ReadonlyMap<string, Address>> {
  const proofSystems = new Map<string, Address>();
  // Rollups of one kind may differ in their genesis, which no proof system knows of.
  for (const { kind, scheme } of new Map(kinds.map((known) => [known.kind.name, known])).values()) {
    const proofSystem =
      proofSystems.get(scheme.source) ??
      (await deployer.create(scheme.source, scheme.constructorArguments?.()));
    proofSystems.set(scheme.source, proofSystem);
    await scheme.prepare(deployer, proofSystem, kind, circuits);
  }
  return proofSystems;
}
