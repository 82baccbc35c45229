import path from "node:path";
import type { Address, Hex } from "viem";
import { Follower } from "../follower/follow.ts";
import type { RollupStoppedError } from "../follower/stopped.ts";
import type { RollupKind, RollupMachine } from "../kinds/kind.ts";
import { assertKindsAllowed } from "../kinds/policy.ts";
import type { L1Client } from "../l1/client.ts";
import { type Blocks, type Head, readBlocks, readRollups } from "../l1/head.ts";
import { SharedAnswer } from "../l1/shared-answer.ts";
import { codeOf } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { BundleReceipts } from "../post/bundle.ts";
import { Fork } from "../simulate/fork.ts";
import { ProxyAddresses } from "../simulate/proxy-addresses.ts";
import { Simulation } from "../simulate/simulation.ts";
import { batchTimestamp } from "./batch-time.ts";
import { Priority, Room } from "./room.ts";

export interface ChainsOptions {
  readonly l1: L1Client;
  readonly manager: Address;
  readonly l1ChainId: bigint;
  /** `MAX_BATCH_AGE` of the contract, seconds. */
  readonly maxBatchAge: bigint;
  readonly rollups: readonly { readonly id: ChainId; readonly kind: RollupKind }[];
  /** Folder under which each rollup has its own; without it all state lives in memory. */
  readonly folder: string | undefined;
  readonly firstBlock: bigint;
  /**
   * Called when a rollup's state is made again from L1, because an older version of Lockstep wrote what
   * there was.
   */
  readonly onRebuild?: ((folder: string) => void) | undefined;
}

/** All chains at one moment. */
export interface HeldChains {
  /** Another one: L1's state is another one, or the machines are elsewhere. */
  readonly epoch: number;
  readonly head: Head;
  /** L1's state at the head, as far as it was read. */
  readonly fork: Fork;
  /** Those that are where L1 says that they are. */
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  /** The others: they cannot be followed from L1. */
  readonly stopped: ReadonlyMap<ChainId, RollupStoppedError>;
  /** What the rollups see as time in a batch that is made now, seconds. */
  readonly timestamp: bigint;
  /**
   * Starts playing on the head; for the room's visitor, at the head.
   * @param timestamp what the rollups see as time, seconds.
   */
  readonly simulate: (timestamp: bigint) => Simulation;
  /** The same, on machines of its own: for {@link Chains.aside}. */
  readonly simulateAside: (timestamp: bigint) => Simulation;
}

/** Is told when a rollup is stopped, and when one that was goes on. */
export type StopListener = (rollup: ChainId, stopped: RollupStoppedError | undefined) => void;

/** What was to be done was overtaken: L1 is elsewhere by now. */
const OVERTAKEN = Symbol("overtaken");

/**
 * L1 and the live rollups. The rollups are always in a state that L1 said they have, or in a branch of the
 * room's visitor.
 */
export class Chains implements AsyncDisposable {
  readonly room = new Room();
  readonly #options: ChainsOptions;
  readonly #machines: ReadonlyMap<ChainId, RollupMachine>;
  readonly #follower: Follower;
  readonly #proxies: ProxyAddresses;
  #onStopped: StopListener = () => undefined;
  #onReorganised: () => void = () => undefined;
  #moment: HeldChains | undefined;
  #epoch = 0;
  readonly #looks = new SharedAnswer(() => this.#lookNow());
  readonly #newest: SharedAnswer<Hex>;
  /** A block is being made that is not L1's word yet; until when. */
  #frozen: Promise<undefined> | undefined;
  /** The newest block that is known by receipts, until a head was seen that stands on it. */
  #witnessed: Pick<Head, "number" | "hash"> | undefined;
  #isClosed = false;

  private constructor(options: ChainsOptions, machines: ReadonlyMap<ChainId, RollupMachine>) {
    this.#options = options;
    this.#machines = machines;
    this.#follower = new Follower(options);
    this.#proxies = new ProxyAddresses(options.l1, options.manager);
    this.#newest = new SharedAnswer(async () => (await options.l1.getBlock({ blockTag: "latest" })).hash);
  }

  /**
   * @throws {UnprovenKindError} when one of the kinds proves nothing and L1 is not local, or what opening
   * them throws.
   */
  static async open(options: ChainsOptions): Promise<Chains> {
    assertKindsAllowed(
      options.l1ChainId,
      options.rollups.map(({ kind }) => kind),
    );
    const { folder, onRebuild } = options;
    const machines = new Map<ChainId, RollupMachine>();
    try {
      for (const { id, kind } of options.rollups) {
        const own = folder === undefined ? {} : { folder: path.join(folder, `rollup-${id.toString()}`) };
        machines.set(id, await kind.open({ id, onRebuild, ...own }));
      }
    } catch (error) {
      for (const machine of machines.values()) await machine.close();
      throw error;
    }
    return new Chains(options, machines);
  }

  /**
   * @param stopped takes the place of the one before.
   * @param reorganised the head does not descend from the one before.
   */
  listen(stopped: StopListener, reorganised: () => void): void {
    this.#onStopped = stopped;
    this.#onReorganised = reorganised;
  }

  /** Number of the present {@link HeldChains}. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether L1 goes on from where the process before had followed it to; known once it is followed. */
  get isContinued(): boolean {
    return this.#follower.isContinued;
  }

  /**
   * Where the chains are, as L1 says at some moment after the question. Those who ask at once share an
   * answer.
   * @throws what reading L1 throws.
   */
  async look(): Promise<HeldChains> {
    for (;;) {
      const [frozen, moment] = [this.#frozen, this.#moment];
      if (frozen === undefined || moment === undefined) return await this.#looks.ask();
      if ((await this.#newest.ask()) === moment.head.hash) return moment;
      // Who asks may have seen the block, and must not be told of what was before it. It is judged in no
      // time.
      await frozen;
    }
  }

  /**
   * Lets `work` have the machines at the head.
   * @throws what reading L1 throws.
   */
  async hold<Result>(
    work: (moment: HeldChains) => Promise<Result> | Result,
    priority: Priority = Priority.Call,
  ): Promise<Result> {
    for (;;) {
      const { epoch } = await this.look();
      const result = await this.room.run(priority, async () => {
        if (epoch !== this.#epoch || this.#moment === undefined) return OVERTAKEN;
        this.room.go(undefined);
        return await work(this.#moment);
      });
      if (result !== OVERTAKEN) return result;
    }
  }

  /**
   * Lets `work` look at the chains at the head, or play there on machines of its own. The room's visitors
   * go on meanwhile.
   * @throws what reading L1 throws.
   */
  async aside<Result>(work: (moment: HeldChains) => Promise<Result> | Result): Promise<Result> {
    for (;;) {
      const moment = await this.look();
      if (moment.epoch !== this.#epoch) continue;
      try {
        return await work(moment);
      } catch (error) {
        // L1 went on meanwhile, and with it the state that was looked at.
        if (codeOf(error) !== "FORGOTTEN_MOMENT" || moment.epoch === this.#epoch) throw error;
      }
    }
  }

  /** Lets `work` play on the head, on machines of its own. Nothing of it stays. */
  async playAside<Result>(
    work: (simulation: Simulation, moment: HeldChains) => Promise<Result>,
  ): Promise<Result> {
    return await this.aside(async (moment) => await work(moment.simulateAside(moment.timestamp), moment));
  }

  /**
   * From here on L1 is not looked at: the block that is being made is not yet what L1 says.
   * @returns what ends it.
   */
  async freeze(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#frozen = promise;
    await this.#looks.settled();
    return () => {
      this.#frozen = undefined;
      resolve(undefined);
    };
  }

  /**
   * Receipts say that L1 has a block. It may be gone before it is looked at: a head that does not stand on it
   * is a reorganisation as well.
   */
  witness({ batch, transactions }: BundleReceipts): void {
    for (const receipt of [batch, ...transactions]) {
      if (receipt === undefined || "refused" in receipt) continue;
      this.#witnessed = { number: receipt.blockNumber, hash: receipt.blockHash };
      return;
    }
  }

  /** What was remembered of L1's state is read anew: a node may have changed it without a block. */
  async readAnew(): Promise<void> {
    const { epoch } = await this.look();
    await this.room.run(Priority.Produce, () => {
      if (epoch === this.#epoch && this.#moment !== undefined)
        this.#enter(this.#moment.head, this.#moment.stopped);
    });
  }

  async #lookNow(): Promise<HeldChains> {
    const blocks = await readBlocks(this.#options.l1);
    const known = this.#moment;
    if (known !== undefined) {
      if (this.#frozen !== undefined) return known;
      const stands = await this.#standsOnWitnessed(blocks);
      if (!stands) this.#onReorganised();
      if (isSame(known.head, blocks) && known.epoch === this.#epoch) return this.#pass(known, blocks);
      if (stands && !(await this.#descends(blocks, known.head))) this.#onReorganised();
    }
    return await this.room.run(Priority.Produce, async () => {
      if (this.#isClosed && this.#moment !== undefined) return this.#moment;
      this.room.go(undefined);
      return await this.#follow(blocks);
    });
  }

  async #standsOnWitnessed(blocks: Blocks): Promise<boolean> {
    const witnessed = this.#witnessed;
    if (witnessed === undefined) return true;
    const stands = await this.#descends(blocks, witnessed);
    if (!stands) this.#witnessed = undefined;
    return stands;
  }

  async #descends(blocks: Blocks, known: Pick<Head, "number" | "hash">): Promise<boolean> {
    if (blocks.hash === known.hash || blocks.parentHash === known.hash) return true;
    if (blocks.number <= known.number) return false;
    const { hash } = await this.#options.l1.getBlock({ blockNumber: known.number });
    return hash === known.hash;
  }

  async #follow(blocks: Blocks): Promise<HeldChains> {
    const { l1, manager, rollups } = this.#options;
    const ids = rollups.map(({ id }) => id);
    const head = { ...blocks, rollups: await readRollups(l1, manager, ids, blocks.hash) };
    // Branches end here, whatever comes of it.
    this.#epoch++;
    const stopped = await this.#follower.follow(this.#machines, head);
    this.#tell(stopped);
    this.#witnessed = undefined;
    return this.#enter(head, stopped);
  }

  /** Nothing has happened but that time went by. */
  #pass(known: HeldChains, { next }: Blocks): HeldChains {
    if (next.timestamp === known.head.next.timestamp) return known;
    const head = { ...known.head, next };
    this.#moment = this.#momentOf(known.epoch, head, known.stopped, known.fork);
    return this.#moment;
  }

  #enter(head: Head, stopped: ReadonlyMap<ChainId, RollupStoppedError>): HeldChains {
    const fork = new Fork(this.#options.l1, head.hash);
    this.#moment = this.#momentOf(++this.#epoch, head, stopped, fork);
    return this.#moment;
  }

  #momentOf(
    epoch: number,
    head: Head,
    stopped: ReadonlyMap<ChainId, RollupStoppedError>,
    fork: Fork,
  ): HeldChains {
    const { manager, l1ChainId, maxBatchAge } = this.#options;
    const machines = new Map([...this.#machines].filter(([id]) => !stopped.has(id)));
    const proxies = this.#proxies;
    const { next, rollups: ether } = head;
    const simulate = (timestamp: bigint, on: typeof machines): Simulation => {
      const context = { l1ChainId, manager, timestamp };
      return new Simulation({ fork, next, context, machines: on, stopped, ether, proxies });
    };
    return {
      epoch,
      head,
      fork,
      machines,
      stopped,
      timestamp: batchTimestamp(head, maxBatchAge),
      simulate: (timestamp) => simulate(timestamp, machines),
      simulateAside: (timestamp) =>
        simulate(timestamp, new Map([...machines].map(([id, machine]) => [id, machine.aside("head")]))),
    };
  }

  #tell(stopped: ReadonlyMap<ChainId, RollupStoppedError>): void {
    const before = this.#moment?.stopped ?? new Map<ChainId, RollupStoppedError>();
    for (const [rollup, error] of stopped)
      if (before.get(rollup)?.message !== error.message) this.#onStopped(rollup, error);
    for (const rollup of before.keys()) if (!stopped.has(rollup)) this.#onStopped(rollup, undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.room.run(Priority.Produce, async () => {
      this.#isClosed = true;
      this.room.go(undefined);
      for (const machine of this.#machines.values()) await machine.close();
    });
  }
}

/** Whether nothing has changed but the clock. */
function isSame(a: Blocks, b: Blocks): boolean {
  return (
    a.hash === b.hash &&
    a.stateRoot === b.stateRoot &&
    a.next.gasLimit === b.next.gasLimit &&
    a.next.baseFeePerGas === b.next.baseFeePerGas &&
    a.next.coinbase === b.next.coinbase
  );
}
