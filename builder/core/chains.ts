import path from "node:path";
import type { Address } from "viem";
import { Follower } from "../follower/follow.ts";
import type { RollupStoppedError } from "../follower/stopped.ts";
import type { RollupKind, RollupMachine } from "../kinds/kind.ts";
import { assertKindsAllowed } from "../kinds/policy.ts";
import type { L1Client } from "../l1/client.ts";
import { type Head, readHead } from "../l1/head.ts";
import { Lock } from "./lock.ts";
import type { ChainId } from "../protocol/ids.ts";
import { Fork } from "../simulate/fork.ts";
import { ProxyBook } from "../simulate/proxies.ts";
import { Simulation } from "../simulate/simulation.ts";

export interface ChainsOptions {
  readonly l1: L1Client;
  readonly manager: Address;
  readonly l1ChainId: bigint;
  readonly rollups: readonly { readonly id: ChainId; readonly kind: RollupKind }[];
  /** Folder under which each rollup has its own; without it all state lives in memory. */
  readonly folder: string | undefined;
  readonly firstBlock: bigint;
  /**
   * Called when a rollup's state is made again from L1, because an older version of Lockstep wrote what there
   * was.
   */
  readonly onRebuild?: ((folder: string) => void) | undefined;
}

/** All chains at one moment, held exclusively. */
export interface Moment {
  readonly head: Head;
  /** Those that are where L1 says that they are. */
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  /** The others: they cannot be followed from L1. */
  readonly stopped: ReadonlyMap<ChainId, RollupStoppedError>;
  /**
   * Starts playing on the head.
   * @param batchTimestamp what the rollups see as time, seconds. To be closed.
   */
  readonly simulate: (batchTimestamp: bigint) => Simulation;
}

/** Is told when a rollup is stopped, and when one that was goes on. */
export type StopListener = (rollup: ChainId, stopped: RollupStoppedError | undefined) => void;

/** L1 and the live rollups. Outside `hold`, the rollups are always in a state that L1 said they have. */
export class Chains implements AsyncDisposable {
  readonly #options: ChainsOptions;
  readonly #machines: ReadonlyMap<ChainId, RollupMachine>;
  readonly #follower: Follower;
  readonly #proxies: ProxyBook;
  readonly #lock = new Lock();
  #stopped: ReadonlyMap<ChainId, RollupStoppedError> = new Map();
  #onStopped: StopListener = () => undefined;
  #fork: Fork | undefined;

  private constructor(options: ChainsOptions, machines: ReadonlyMap<ChainId, RollupMachine>) {
    this.#options = options;
    this.#machines = machines;
    this.#follower = new Follower(options);
    this.#proxies = new ProxyBook(options.l1, options.manager);
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

  /** @param listener takes the place of the one before. */
  listen(listener: StopListener): void {
    this.#onStopped = listener;
  }

  /** Waits for its turn, brings the rollups to where L1's head says they are, and lets `work` have them. */
  async hold<Result>(work: (moment: Moment) => Promise<Result>): Promise<Result> {
    return await this.#lock.run(async () => {
      const { l1, manager, rollups, l1ChainId } = this.#options;
      const head = await readHead(
        l1,
        manager,
        rollups.map(({ id }) => id),
      );
      const stopped = await this.#follower.follow(this.#machines, head);
      this.#tell(stopped);
      const machines = new Map([...this.#machines].filter(([id]) => !stopped.has(id)));
      const fork = this.#fork?.blockHash === head.hash ? this.#fork : new Fork(l1, head.hash);
      this.#fork = fork;
      return await work({
        head,
        machines,
        stopped,
        simulate: (timestamp) =>
          new Simulation({
            fork,
            next: head.next,
            context: { l1ChainId, rollups: manager, timestamp },
            machines,
            stopped,
            ether: head.rollups,
            proxies: this.#proxies,
          }),
      });
    });
  }

  #tell(stopped: ReadonlyMap<ChainId, RollupStoppedError>): void {
    const before = this.#stopped;
    this.#stopped = stopped;
    for (const [rollup, error] of stopped)
      if (before.get(rollup)?.message !== error.message) this.#onStopped(rollup, error);
    for (const rollup of before.keys()) if (!stopped.has(rollup)) this.#onStopped(rollup, undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock.run(async () => {
      for (const machine of this.#machines.values()) await machine.close();
    });
  }
}
