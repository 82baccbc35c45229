import { type Address, encodeFunctionData, type Hex, parseEventLogs } from "viem";
import { type Builder, type BuilderRollup, createBuilder } from "../../../builder/core/builder.ts";
import type { BuilderEvent } from "../../../builder/core/events.ts";
import { type Gateway } from "../../../builder/gateway/server.ts";
import { GATEWAY_KINDS } from "../../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../../builder/gateway/rollup.ts";
import { LEDGER } from "../../../builder/kinds/ledger/abi.ts";
import { SYSTEM } from "../../../builder/kinds/evm/system.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { crossChainManagerAbi, rollupsAbi } from "../../../builder/protocol/abi.ts";
import {
  type ChainId,
  chainId,
  L1 as L1_ID,
  type StateRoot,
  stateRoot,
} from "../../../builder/protocol/ids.ts";
import { accountAt, builderAccount, deploy, type L1, startL1 } from "../../core/setup.ts";
import { resolveArguments } from "./arguments.ts";
import { clientsFor } from "./clients.ts";
import { Endpoint } from "./endpoint.ts";
import { evmSetup, ledgerSetup, type EvmOptions, type LedgerProofs, type RollupSetup } from "./kinds.ts";
import { OneChain } from "./one-chain.ts";
import type { Prover } from "../../../builder/proving/prover.ts";
import type { TransactionStatus } from "../../../builder/intake/accepted.ts";
import type { GasUsed } from "./report.ts";
import type {
  Argument,
  Call,
  ChainName,
  Contract,
  Party,
  Sent,
  SolidityChain,
  ScenarioChains,
  Transfer,
} from "./scenario-chains.ts";

/** Which world a scenario needs. */
export interface WorldOptions {
  readonly chains: readonly ChainName[];
  /** How the ledger is proven, if there is one; default: its proofs are taken on trust. */
  readonly ledger?: LedgerProofs;
  /** What is special about an EVM rollup. */
  readonly evm?: Readonly<Partial<Record<ChainName, EvmOptions>>>;
  /** How many transactions may wait that pay nothing; default: the builder's. */
  readonly freeTransactions?: number;
}

/** EVM chain id of the tests' L1. */
export const L1_CHAIN_ID = 31337n;

/**
 * What users of tests sign with. The builder has the tenth account, and deployments are made with the first.
 */
export const deployer = accountAt(0);
export const alice = accountAt(1);
export const bob = accountAt(2);
export const carol = accountAt(3);

/** Milliseconds for which a transaction is waited for. */
const TIMEOUT = 600_000;

/** A transaction was taken, but does not come to its chain. */
export class NotIncludedError extends Error {
  readonly status: TransactionStatus;

  constructor(hash: Hex, status: TransactionStatus) {
    super(`${hash} is not on its chain: ${JSON.stringify(status)}`);
    this.status = status;
  }
}

interface RunningRollup extends RollupSetup {
  readonly name: ChainName;
  readonly id: ChainId;
}

/**
 * An L1 node, rollups, one builder, and a gateway for each chain: all that is done goes through the gateways.
 */
export class World implements ScenarioChains {
  readonly l1: L1;
  readonly manager: Address;
  readonly builder: Builder;
  /** Everything that the builder did. */
  readonly events: readonly BuilderEvent[];
  /** What the transactions so far cost on L1. */
  readonly gas: GasUsed[] = [];
  readonly rollups: readonly RunningRollup[];
  /** Makes the ledger's proofs. */
  readonly prover: Prover;
  readonly #endpoints: ReadonlyMap<ChainName, Endpoint>;
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    l1: L1;
    manager: Address;
    builder: Builder;
    events: readonly BuilderEvent[];
    rollups: readonly RunningRollup[];
    prover: Prover;
    endpoints: ReadonlyMap<ChainName, Endpoint>;
    close: () => Promise<void>;
  }) {
    this.l1 = parts.l1;
    this.manager = parts.manager;
    this.builder = parts.builder;
    this.events = parts.events;
    this.rollups = parts.rollups;
    this.prover = parts.prover;
    this.#endpoints = parts.endpoints;
    this.#close = parts.close;
  }

  static async start({
    chains,
    ledger = "accepted",
    evm = {},
    freeTransactions,
  }: WorldOptions): Promise<World> {
    await using stack = new AsyncDisposableStack();
    const l1 = await startL1();
    stack.defer(() => l1.close());
    const manager = (await deploy(l1, "Rollups", [600n])).address;
    const rollups: RunningRollup[] = [];
    const proofSystems = new Map<string, Address>();
    let prover: RollupSetup["prover"];
    for (const name of chains) {
      if (name === "L1") continue;
      const setup = name === "LEDGER" ? await ledgerSetup(ledger) : await evmSetup(evm[name]);
      const { proofSystem, prepare } = setup;
      const system = proofSystems.get(proofSystem) ?? (await deploy(l1, proofSystem)).address;
      proofSystems.set(proofSystem, system);
      await prepare?.(l1, system);
      prover ??= setup.prover;
      rollups.push({ ...setup, name, id: await register(l1, manager, system, setup) });
    }
    prover ??= (await ledgerSetup("accepted")).prover;
    const proves = prover;
    stack.defer(() => proves.close());
    const builder = await createBuilder({
      l1Rpc: l1.url,
      manager,
      rollups: rollups.map(({ id, kind, verificationKeys }): BuilderRollup => ({
        id,
        kind,
        verificationKeys,
      })),
      account: builderAccount,
      prover,
      freeTransactions,
    });
    stack.defer(() => builder.stop());
    const events: BuilderEvent[] = [];
    builder.listen((event) => events.push(event));
    const endpoints = new Map<ChainName, Endpoint>();
    const settled = async (hash: Hex) => {
      await builder.settled(hash, TIMEOUT);
      const status = builder.status(hash);
      if (status !== undefined && status.state !== "posted") throw new NotIncludedError(hash, status);
    };
    const add = (name: ChainName, gateway: Gateway, id: bigint) => {
      stack.defer(() => gateway.close());
      endpoints.set(name, new Endpoint(clientsFor(gateway.url, id), settled));
    };
    add("L1", await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0 }), L1_CHAIN_ID);
    for (const { name, id: rollup } of rollups) {
      const id = evmChainIdOf(L1_CHAIN_ID, rollup);
      add(
        name,
        await startRollupGateway(builder, { kinds: GATEWAY_KINDS, port: 0, rollup, chainId: id }),
        id,
      );
    }
    const close = stack.move();
    return new World({
      l1,
      manager,
      builder,
      events,
      rollups,
      prover,
      endpoints,
      close: () => close.disposeAsync(),
    });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** The same node without Lockstep, where the reference is played. */
  get oneChain(): OneChain {
    return new OneChain(clientsFor(this.l1.url, L1_CHAIN_ID));
  }

  /** The ledger, as a contract of its chain. */
  get ledger(): Party {
    return { chain: "LEDGER", address: LEDGER };
  }

  /** Lockstep's own id of a chain. */
  idOf(chain: ChainName): ChainId {
    if (chain === "L1") return L1_ID;
    const rollup = this.rollups.find(({ name }) => name === chain);
    if (rollup === undefined) throw new Error(`this world has no chain ${chain}`);
    return rollup.id;
  }

  /** A chain's gateway, as users reach it. */
  endpoint(chain: ChainName): Endpoint {
    const endpoint = this.#endpoints.get(chain);
    if (endpoint === undefined) throw new Error(`this world has no chain ${chain}`);
    return endpoint;
  }

  async deploy(on: SolidityChain, name: string, args: readonly Argument[] = []): Promise<Contract> {
    const resolved = await this.#resolve(args, on);
    const { sent, ...contract } = await this.endpoint(on).deploy(deployer, name, resolved);
    // A deployment to L1 crosses chains only if the constructor does; one to a rollup is never the point.
    if (on === "L1") await this.#measure(on, sent.hash);
    return { chain: on, ...contract };
  }

  async addressOn(party: Party, from: ChainName): Promise<Address> {
    const known = await this.knownAs(party, from);
    const endpoint = this.endpoint(from);
    if (party.chain === from || (await endpoint.clients.reader.getCode({ address: known })) !== undefined)
      return known;
    const args = [party.address, this.idOf(party.chain)] as const;
    const data = encodeFunctionData({ abi: crossChainManagerAbi, functionName: "createProxy", args });
    const { success } = await endpoint.send({ by: deployer, to: this.#managerOf(from), data });
    if (!success) throw new Error(`the proxy of ${party.address} was not created on ${from}`);
    return known;
  }

  /** Under which address `from` will know the party, whether or not its proxy was created. */
  async knownAs({ chain, address }: Party, from: ChainName): Promise<Address> {
    if (chain === from) return address;
    return await this.endpoint(from).clients.reader.readContract({
      address: this.#managerOf(from),
      abi: crossChainManagerAbi,
      functionName: "proxyOf",
      args: [address, this.idOf(chain)],
    });
  }

  async send({ call, args = [], ...transfer }: Call): Promise<Sent> {
    return await this.transfer({ ...transfer, data: await this.encode({ to: transfer.to, call, args }) });
  }

  async transfer({ on, to, data = "0x", ...rest }: Transfer): Promise<Sent> {
    const sent = await this.endpoint(on).send({ ...rest, to: await this.addressOn(to, on), data });
    await this.#measure(on, sent.hash);
    return sent;
  }

  /** Sends without waiting for what comes of it. Gas has to be given: estimates do not see what waits. */
  async submit({ on, to, data = "0x", ...rest }: Transfer & { readonly gas: bigint }): Promise<Hex> {
    return await this.endpoint(on).submit({ ...rest, to: await this.addressOn(to, on), data });
  }

  /** Calldata, with parties as the callee's chain knows them. */
  async encode({ to, call, args = [] }: Pick<Call, "to" | "call" | "args">): Promise<Hex> {
    return encodeFunctionData({ abi: to.abi, functionName: call, args: await this.#resolve(args, to.chain) });
  }

  async read(contract: Contract, call: string, args: readonly Argument[] = []): Promise<unknown> {
    return await this.endpoint(contract.chain).read(
      contract,
      call,
      await this.#resolve(args, contract.chain),
    );
  }

  async balance({ chain, address }: Party): Promise<bigint> {
    return await this.endpoint(chain).balance(address);
  }

  /** What L1 says of a rollup. */
  async onL1(chain: ChainName): Promise<{ root: StateRoot; ether: bigint }> {
    const { root, etherBalance } = await this.l1.reader.readContract({
      address: this.manager,
      abi: rollupsAbi,
      functionName: "rollupOf",
      args: [this.idOf(chain)],
    });
    return { root: stateRoot(BigInt(root)), ether: etherBalance };
  }

  /** A rollup's root, as L1 has it. */
  async root(chain: ChainName): Promise<StateRoot> {
    return (await this.onL1(chain)).root;
  }

  #managerOf(chain: ChainName): Address {
    return chain === "L1" ? this.manager : SYSTEM;
  }

  async #resolve(args: readonly Argument[], on: ChainName): Promise<unknown[]> {
    return await resolveArguments(args, (party) => this.addressOn(party, on));
  }

  async #measure(on: ChainName, hash: Hex): Promise<void> {
    const posted = this.events.find((event) => event.type === "posted" && event.transactions.includes(hash));
    if (posted?.type !== "posted") return;
    const transaction = on === "L1" ? (await this.l1.reader.getTransactionReceipt({ hash })).gasUsed : 0n;
    this.gas.push({ batch: posted.batchGas ?? 0n, transaction });
  }
}

async function register(
  l1: L1,
  rollups: Address,
  proofSystem: Address,
  setup: RollupSetup,
): Promise<ChainId> {
  const genesisRoot = (await setup.kind.genesisRoot()).toString(16).padStart(64, "0");
  const hash = await l1.writer(deployer).writeContract({
    address: rollups,
    abi: rollupsAbi,
    functionName: "register",
    args: [
      {
        owner: deployer.address,
        proofSystem,
        verificationKeys: Object.values(setup.verificationKeys),
        genesisRoot: `0x${genesisRoot}`,
        nativeToken: setup.nativeToken,
        verificationDelay: 0,
      },
    ],
  });
  const { logs } = await l1.reader.waitForTransactionReceipt({ hash });
  const [registered] = parseEventLogs({ abi: rollupsAbi, logs, eventName: "RollupRegistered" });
  if (registered === undefined) throw new Error("the rollup was not registered");
  return chainId(registered.args.rollup);
}
