import {
  type Address,
  encodeDeployData,
  encodeFunctionData,
  type Hex,
  type LocalAccount,
  parseAbi,
} from "viem";
import type { PlannedVisit } from "../../builder/batch/plan.ts";
import { rootHex } from "../../builder/protocol/execution/encoding.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../builder/kinds/evm/machine.ts";
import { SYSTEM } from "../../builder/kinds/evm/system.ts";
import { evmChainIdOf } from "../../builder/protocol/evm-chain-id.ts";
import type { RollupKind, RollupMachine } from "../../builder/kinds/kind.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { LedgerMachine } from "../../builder/kinds/ledger/machine.ts";
import type { L1Client } from "../../builder/l1/client.ts";
import { UNPROVEN_KEY } from "../../builder/kinds/unproven.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { type ChainId, L1, type StateRoot } from "../../builder/protocol/ids.ts";
import { Fork } from "../../builder/simulate/fork.ts";
import { ProxyAddresses } from "../../builder/simulate/proxy-addresses.ts";
import {
  ContradictionError,
  followTo,
  L1_CHAIN_ID,
  MAX_FEE,
  type PendingTransaction,
  runBatch,
  type BatchSetup,
} from "./batch.ts";
import {
  actorCode,
  chainOf,
  type Code,
  created,
  deployer,
  directoryCode,
  LEDGER_ROLLUP,
  poster,
  proxyOf,
  readCode,
  type Resident,
  ROLLUP_A,
  ROLLUP_B,
  singleUsers,
  Spread,
  users,
} from "./deployment.ts";
import { ENTRIES, Encoder, FIRST_USER_ENTRY, LEDGER_ENTRY } from "./encode.ts";
import { artefact, openL1 } from "./in-process.ts";
import { ACTORS, HOMES, type Home } from "./program.ts";

/** Wei that actors have, in their hands and in the ledger, and users of rollups, when a program begins. */
export const ACTOR_BALANCE = 1_000;
export const ACTOR_DEPOSIT = 300;
const USER_BALANCE = 1_000_000n;

export const TRANSACTION_GAS = 16_000_000n;
const PASS_ON = parseAbi(["function passOn(address original, uint64 rollup)"]);
/** Transactions for rollups in one batch of the set-up. */
const CHUNK = 8;

/** Where every actor is when all is on one chain. */
export interface Single {
  readonly actors: readonly Address[];
  readonly ledger: Address;
}

/** The nonces with which the deployer creates what is on L1, in this order. */
const NONCES = { rollups: 0, proofSystem: 1, inspector: 5, single: 6, singleLedger: 11, spread: 12 } as const;

/** What the world goes back to before each program. */
interface Base {
  readonly fork: Fork;
  readonly roots: ReadonlyMap<ChainId, StateRoot>;
  readonly blocks: ReadonlyMap<ChainId, bigint>;
}

/**
 * L1, two EVM rollups and the ledger, with the same four actors once on L1 alone and once on each of the
 * three chains. Opened once; every program finds it as it was then.
 */
export class World {
  readonly l1: L1Client;
  readonly setup: BatchSetup;
  readonly spread: Spread;
  readonly single: Single;
  readonly inspector: Address;
  readonly #close: () => Promise<void>;
  /** The builder's rollups, as the setup has them. */
  readonly #machines: Map<ChainId, RollupMachine>;
  /** The same rollups, as a follower of L1 alone has them. */
  readonly #readers = new Map<ChainId, RollupMachine>();
  /** A program has failed: machines may be in the middle of anything. */
  #isSuspect = false;
  readonly #nonces = new Map<string, number>();
  #base: Base | undefined;
  #baseNonces: ReadonlyMap<string, number> = new Map();
  #snapshot: Hex | undefined;

  private constructor(
    parts: Pick<World, "l1" | "spread" | "single" | "inspector"> & { setup: Omit<BatchSetup, "machines"> },
    machines: Map<ChainId, RollupMachine>,
    close: () => Promise<void>,
  ) {
    this.l1 = parts.l1;
    this.setup = { ...parts.setup, machines };
    this.#machines = machines;
    this.spread = parts.spread;
    this.single = parts.single;
    this.inspector = parts.inspector;
    this.#close = close;
  }

  /** @param checkVisit looks at every visit of every batch. */
  static async open(checkVisit: (visit: PlannedVisit) => Promise<void>): Promise<World> {
    const { l1, close } = await openL1();
    const code = await readCode();
    const at = (nonce: number): Address => created(deployer.address, nonce);
    const manager = at(NONCES.rollups);
    const kinds = new Map<ChainId, RollupKind>([
      [ROLLUP_A, evmKind],
      [ROLLUP_B, evmKind],
      [LEDGER_ROLLUP, ledgerKind],
    ]);
    const machines = new Map<ChainId, RollupMachine>();
    for (const [id, kind] of kinds) machines.set(id, await kind.open({ id }));
    const proxies = new ProxyAddresses(l1, manager);
    const world = new World(
      {
        l1,
        setup: { l1, manager, kinds, proxies, poster: poster.address, checkVisit },
        spread: new Spread(code, manager, [NONCES.spread, 0, 0]),
        single: { actors: ACTORS.map((actor) => at(NONCES.single + actor)), ledger: at(NONCES.singleLedger) },
        inspector: at(NONCES.inspector),
      },
      machines,
      close,
    );
    await world.#setUp(code);
    return world;
  }

  get base(): Base {
    if (this.#base === undefined) throw new Error("the world is not set up");
    return this.#base;
  }

  /** @throws if the rollup is of another kind. */
  evm(home: Home): EvmMachine {
    const machine = this.setup.machines.get(chainOf(home));
    if (machine instanceof EvmMachine) return machine;
    throw new Error(`no evm rollup at home ${home}`);
  }

  ledger(): LedgerMachine {
    const machine = this.setup.machines.get(LEDGER_ROLLUP);
    if (machine instanceof LedgerMachine) return machine;
    throw new Error("no ledger");
  }

  /** Everything as it was when the world was opened. */
  async reset(): Promise<void> {
    if (this.#snapshot !== undefined) await this.l1.revert({ id: this.#snapshot });
    this.#snapshot = await this.l1.snapshot();
    for (const machines of [this.#machines, this.#readers]) {
      if (this.#isSuspect) await this.#reopen(machines);
      else for (const [id, machine] of machines) await this.#rewind(id, machine);
    }
    this.#isSuspect = false;
    this.#nonces.clear();
    for (const [key, nonce] of this.#baseNonces) this.#nonces.set(key, nonce);
  }

  /** The next reset takes nothing for granted. */
  suspect(): void {
    this.#isSuspect = true;
  }

  /**
   * A fresh follower takes rollups that have never simulated anything from the beginning of the program to
   * L1's head, all batches at once.
   * @param isFromGenesis has new ones do so from genesis.
   * @throws {ContradictionError} if they come elsewhere than the builder's, and what following throws.
   */
  async followAfresh(isFromGenesis: boolean): Promise<void> {
    if (isFromGenesis) await this.#reopen(this.#readers);
    else await this.#follow(this.#readers, (this.base.blocks.get(L1) ?? 0n) + 1n);
    for (const [id, machine] of this.#machines) {
      const root = this.#readers.get(id)?.stateRoot();
      if (root !== machine.stateRoot())
        throw new ContradictionError(
          `a fresh follower finds rollup ${id} at ${root}, the builder at another root`,
        );
    }
  }

  async #rewind(id: ChainId, machine: RollupMachine): Promise<void> {
    const root = this.base.roots.get(id);
    if (root !== undefined && machine.stateRoot() !== root) await machine.rewind(root);
  }

  /** New machines, which know only what L1 says. */
  async #reopen(machines: Map<ChainId, RollupMachine>): Promise<void> {
    for (const [id, kind] of this.setup.kinds) {
      await machines.get(id)?.close();
      machines.set(id, await kind.open({ id }));
    }
    await this.#follow(machines, 0n);
  }

  async #follow(machines: ReadonlyMap<ChainId, RollupMachine>, firstBlock: bigint): Promise<void> {
    await followTo(this.l1, this.setup.manager, machines, firstBlock);
  }

  /** Signs the account's next transaction on a home. */
  async sign(
    account: LocalAccount,
    home: Home,
    call: { to?: Address; data: Hex; value?: bigint },
  ): Promise<Hex> {
    const key = `${home}:${account.address}`;
    const nonce = this.#nonces.get(key) ?? 0;
    const rollup = chainOf(home);
    const raw = await account.signTransaction({
      chainId: Number(home === 0 ? L1_CHAIN_ID : evmChainIdOf(L1_CHAIN_ID, rollup)),
      type: "eip1559",
      nonce,
      gas: TRANSACTION_GAS,
      maxFeePerGas: home === 0 ? MAX_FEE : 0n,
      maxPriorityFeePerGas: 0n,
      ...call,
    });
    this.#nonces.set(key, nonce + 1);
    return raw;
  }

  /** The deployer's transaction that has the Ether at a proxy's address sent on to its original. */
  passingOn(home: Home, { address, chain }: Resident): PendingTransaction {
    const call = { abi: PASS_ON, functionName: "passOn", args: [address, chain] } as const;
    return this.#pending(home, {
      to: home === 0 ? this.setup.manager : SYSTEM,
      data: encodeFunctionData(call),
    });
  }

  /** A signed transaction that was not used: its nonce is free again. */
  unsign(account: LocalAccount, home: Home): void {
    const key = `${home}:${account.address}`;
    this.#nonces.set(key, (this.#nonces.get(key) ?? 1) - 1);
  }

  async close(): Promise<void> {
    for (const machine of [...this.#machines.values(), ...this.#readers.values()]) await machine.close();
    await this.#close();
  }

  // -------------------------------------------------------------------------------------------------- set-up

  async #setUp(code: Code): Promise<void> {
    await this.l1.setAutomine(false);
    await this.#deployL1(code);
    await this.#deployRollups(code);
    await this.#deposit();
    const { number, hash } = await this.l1.getBlock();
    const { machines } = this.setup;
    this.#base = {
      fork: new Fork(this.l1, hash),
      roots: new Map([...machines].map(([id, machine]) => [id, machine.stateRoot()])),
      blocks: new Map([
        [L1, number],
        ...[ROLLUP_A, ROLLUP_B].map(
          (id, at) => [id, this.evm(at === 0 ? 1 : 2).chronicle.latest.number] as const,
        ),
      ]),
    };
    this.#baseNonces = new Map(this.#nonces);
    await this.#reopen(this.#readers);
  }

  async #deployL1(code: Code): Promise<void> {
    const { spread, single, setup } = this;
    const { manager, kinds } = setup;
    const rollups = await artefact("Rollups");
    await this.#send({ data: encodeDeployData({ ...rollups, args: [600n] }) });
    await this.#send({ data: (await artefact("UnprovenProofSystem")).bytecode });
    for (const kind of kinds.values()) {
      const registration = {
        owner: deployer.address,
        proofSystem: created(deployer.address, NONCES.proofSystem),
        verificationKeys: [UNPROVEN_KEY],
        genesisRoot: rootHex(await kind.genesisRoot()),
        nativeToken: false,
        verificationDelay: 0,
      };
      const call = { abi: rollupsAbi, functionName: "register", args: [registration] } as const;
      await this.#send({ to: manager, data: encodeFunctionData(call) });
    }
    await this.#send({ data: (await artefact("FuzzInspector")).bytecode });
    const value = BigInt(ACTOR_BALANCE + ACTOR_DEPOSIT);
    const deployActors = async (firstNonce: number, directory: Hex): Promise<void> => {
      const data = actorCode(code, created(deployer.address, firstNonce + ACTORS.length));
      for (const _ of ACTORS) await this.#send({ data, value });
      await this.#send({ data: directory });
    };
    await deployActors(
      NONCES.single,
      directoryCode(code, singleResidents(single), ({ address }) => address),
    );
    await this.#send({ data: code.ledger });
    await deployActors(NONCES.spread, spread.directory(0));
    const deployerOnRollups = [ROLLUP_A, ROLLUP_B].map((chain) => ({ address: deployer.address, chain }));
    for (const { address, chain } of [...spread.known(0), ...deployerOnRollups]) {
      const call = { abi: rollupsAbi, functionName: "createProxy", args: [address, chain] } as const;
      await this.#send({ to: manager, data: encodeFunctionData(call) });
    }
    for (const resident of spread.foreigners(0)) {
      const args = [resident.address, resident.chain] as const;
      const proxy = await this.l1.readContract({
        address: manager,
        abi: rollupsAbi,
        functionName: "proxyOf",
        args,
      });
      if (BigInt(proxy) !== BigInt(spread.locally(0, resident))) throw new Error("a proxy is elsewhere");
    }
  }

  async #deployRollups(code: Code): Promise<void> {
    const { spread } = this;
    for (const home of HOMES.slice(1)) {
      const to = proxyOf(code, this.setup.manager, { address: deployer.address, chain: chainOf(home) });
      await this.#run([this.#pending(0, { to, data: "0x", value: 100n * USER_BALANCE })]);
      const calls: { to?: Address; data: Hex; value?: bigint }[] = [];
      const data = actorCode(code, created(deployer.address, ACTORS.length));
      for (const _ of ACTORS) calls.push({ data, value: BigInt(ACTOR_BALANCE + ACTOR_DEPOSIT) });
      calls.push({ data: spread.directory(home) });
      for (const { address, chain } of spread.known(home)) {
        const call = { abi: rollupsAbi, functionName: "createProxy", args: [address, chain] } as const;
        calls.push({ to: SYSTEM, data: encodeFunctionData(call) });
      }
      const user = users[home];
      if (user !== undefined) calls.push({ to: user.address, data: "0x", value: USER_BALANCE });
      for (let at = 0; at < calls.length; at += CHUNK) {
        await this.#run(calls.slice(at, at + CHUNK).map((call) => this.#pending(home, call)));
      }
    }
  }

  /** Every actor pays something into the ledger. */
  async #deposit(): Promise<void> {
    const { spread, single } = this;
    const data = new Encoder([0, 0, 0, 0]).script([
      { do: "ledger", call: { fn: "receive" }, value: ACTOR_DEPOSIT },
    ]);
    for (const to of single.actors) await this.#send({ to, data });
    for (const home of HOMES)
      for (const actor of ACTORS)
        await this.#run([this.#pending(home, { to: spread.actor(home, actor), data })]);
  }

  /** A transaction of the deployer's on L1 that touches no rollup. */
  async #send(call: { to?: Address; data: Hex; value?: bigint }): Promise<void> {
    const raw = await this.sign(deployer, 0, call);
    const hash = await this.l1.sendRawTransaction({ serializedTransaction: raw });
    await this.l1.mine({ blocks: 1 });
    const { status } = await this.l1.getTransactionReceipt({ hash });
    if (status !== "success") throw new Error("a transaction of the set-up fails");
  }

  #pending(home: Home, call: { to?: Address; data: Hex; value?: bigint }): PendingTransaction {
    return {
      ...(home === 0 ? {} : { rollup: chainOf(home) }),
      sign: () => this.sign(deployer, home, call),
      unsign: () => this.unsign(deployer, home),
    };
  }

  async #run(transactions: readonly PendingTransaction[]): Promise<void> {
    const { results } = await runBatch(this.setup, transactions);
    for (const result of results) {
      const succeeded =
        "outcome" in result ? result.outcome.success : "succeeded" in result && result.succeeded;
      if (!succeeded)
        throw new Error(`a transaction of the set-up fails: ${JSON.stringify(result, printable)}`);
    }
  }
}

function printable(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function singleResidents({ actors, ledger }: Single): Resident[] {
  const resident = (address: Address | undefined): Resident => {
    if (address === undefined) throw new Error("a resident is missing");
    return { address, chain: L1 };
  };
  return Array.from({ length: ENTRIES }, (_, entry) => {
    if (entry === LEDGER_ENTRY) return resident(ledger);
    if (entry >= FIRST_USER_ENTRY) return resident(singleUsers[entry - FIRST_USER_ENTRY]?.address);
    return resident(actors[entry % ACTORS.length]);
  });
}
