import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";
import { type Address, BaseError, type Hex, keccak256, type LocalAccount } from "viem";
import type { Logger } from "pino";
import { Chains, type Moment } from "./chains.ts";
import type { BuilderEvent, BuilderListener } from "./events.ts";
import { findL2Transaction, type HistoryEntry, readHistory } from "../l1/history.ts";
import { type Stop, UnknownRollupError } from "../follower/stopped.ts";
import type { AccountState, RollupKind, RollupMachine } from "../kinds/kind.ts";
import { connectL1, l1Error, type L1Client } from "../l1/client.ts";
import { findIncluded } from "../post/included.ts";
import { undoInclusion } from "../post/undo.ts";
import { Producer } from "./producer.ts";
import type { Prover } from "../proving/prover.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import { lowerCase } from "../protocol/address.ts";
import type { CallRequest, TransactionOutcome } from "../simulate/outcome.ts";
import type { RollupCallOutcome, Simulation } from "../simulate/simulation.ts";
import type { CallResult } from "../simulate/switchboard.ts";
import { InclusionStore } from "../post/open-inclusion.ts";
import { PendingStore } from "../intake/pending.ts";
import type { AcceptedTransaction, TransactionStatus } from "../intake/accepted.ts";
import { decodeTransaction } from "../intake/decode.ts";
import { play, playAll, type PlayOptions } from "../simulate/play.ts";
import { TransactionQueue } from "../intake/queue.ts";

/** A rollup that the builder runs. */
export interface BuilderRollup {
  readonly id: ChainId;
  readonly kind: RollupKind;
  /** Name of the verification key on L1 for each of the kind's circuits. */
  readonly verificationKeys: { readonly [circuit: string]: Hex };
}

export interface BuilderOptions {
  /** JSON-RPC endpoint of the L1 node. */
  readonly l1Rpc: string;
  readonly rollupsAddress: Address;
  readonly rollups: readonly BuilderRollup[];
  /** Posts batches and pays for them. */
  readonly account: LocalAccount;
  /** Stays the caller's: it is not closed with the builder. */
  readonly prover: Prover;
  /** Durable state; without it everything lives in memory. */
  readonly folder?: string;
  /** Block in which `Rollups` was deployed, or an earlier one; default 0. */
  readonly deploymentBlock?: bigint;
  readonly log?: Logger;
}

/** Events that the operator should look into. */
const FAULTS: readonly BuilderEvent["type"][] = ["stopped", "selfCheckFailed"];

/** Milliseconds between attempts to reach an L1 node that is away. */
const RECONNECT_DELAY = 500;

/**
 * Starts a builder.
 * @throws {L1UnreachableError}, or what opening the rollups' state throws.
 */
export async function createBuilder(options: BuilderOptions): Promise<Builder> {
  return await Builder.start(options);
}

/**
 * Takes transactions that cross chains through
 * `transaction → simulate → execution → batch → witness → proof → post`. Everything it knows of the rollups
 * comes from L1: it may be killed at any moment and started again.
 */
export class Builder implements AsyncDisposable {
  readonly l1: L1Client;
  readonly l1Rpc: string;
  readonly l1ChainId: bigint;
  readonly rollupsAddress: Address;
  readonly rollups: readonly BuilderRollup[];
  readonly #options: BuilderOptions;
  readonly #chains: Chains;
  readonly #queue: TransactionQueue;
  readonly #inclusions: InclusionStore;
  readonly #listeners = new Set<BuilderListener>();
  readonly #stop = new AbortController();
  readonly #producer: Producer;
  #running: Promise<void> = Promise.resolve();

  private constructor(
    options: BuilderOptions,
    l1: L1Client,
    l1ChainId: bigint,
    maxBatchAge: bigint,
    chains: Chains,
  ) {
    this.#options = options;
    this.#chains = chains;
    this.l1 = l1;
    this.l1Rpc = options.l1Rpc;
    this.l1ChainId = l1ChainId;
    this.rollupsAddress = options.rollupsAddress;
    this.rollups = options.rollups;
    const pending = options.folder === undefined ? undefined : path.join(options.folder, "pending");
    this.#queue = new TransactionQueue(new PendingStore(pending), l1ChainId);
    this.#inclusions = new InclusionStore(options.folder);
    chains.listen((rollup, stopped) => {
      if (stopped === undefined) this.#emit({ type: "resumed", rollup });
      else this.#emit({ ...stopped.stop, type: "stopped", message: stopped.message });
    });
    this.#producer = new Producer({
      l1,
      l1ChainId,
      maxBatchAge,
      chains,
      manager: options.rollupsAddress,
      queue: this.#queue,
      inclusions: this.#inclusions,
      account: options.account,
      prover: options.prover,
      kindOf: (rollup) => this.#rollup(rollup).kind,
      keyOf: (rollup, circuit) => this.#keyOf(rollup, circuit),
      included: (transaction) => this.#includedAs(transaction),
      emit: (event) => this.#emit(event),
    });
  }

  /** @internal Use {@link createBuilder}. */
  static async start(options: BuilderOptions): Promise<Builder> {
    const l1 = connectL1(options.l1Rpc);
    try {
      const [id, maxBatchAge] = await Promise.all([
        l1.getChainId(),
        l1.readContract({ address: options.rollupsAddress, abi: rollupsAbi, functionName: "MAX_BATCH_AGE" }),
      ]);
      const l1ChainId = BigInt(id);
      const chains = await Chains.open({
        l1,
        l1ChainId,
        manager: lowerCase(options.rollupsAddress),
        rollups: options.rollups,
        folder: options.folder,
        firstBlock: options.deploymentBlock ?? 0n,
        onRebuild: (folder) =>
          options.log?.warn({ folder }, "was written by an older version; it is rebuilt from L1"),
      });
      const builder = new Builder(options, l1, l1ChainId, maxBatchAge, chains);
      try {
        await builder.#queue.load();
        await builder.#recover();
        builder.#running = builder.#work();
      } catch (error) {
        await builder.stop();
        throw error;
      }
      return builder;
    } catch (error) {
      throw l1Error(error, options.l1Rpc);
    }
  }

  /**
   * Calls back with everything the builder does.
   * @returns a function that ends it.
   */
  listen(listener: BuilderListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes a raw transaction of L1. One that touches no rollup is forwarded, in its turn. One that does is
   * simulated with all that wait before it, and queued.
   * @param forward sends the transaction to L1 as it is.
   * @returns the hash if it was queued, else what `forward` gave.
   * @throws {LockstepError} that says why the transaction cannot be included.
   */
  async submit<Forwarded>(raw: Hex, forward: () => Promise<Forwarded>): Promise<Hex | Forwarded> {
    const { hash, sender } = decodeTransaction(raw, this.l1ChainId);
    const transaction: AcceptedTransaction = { hash, data: raw };
    return await this.#hold(async (moment) => {
      if (this.#queue.get(hash) !== undefined) return hash;
      const simulation = moment.simulate(moment.head.timestamp + 1n);
      try {
        const options = this.#playOptions(moment.head.next.baseFeePerGas);
        await playAll(simulation, this.#queue.pending(), options);
        const crossesChains = await this.#crosses(simulation, transaction, options);
        // Behind one that waits, a transaction has to wait too: nonces are used in order.
        if (!crossesChains && this.#queue.pendingOf(sender).length === 0) return await forward();
      } finally {
        simulation.close();
      }
      await this.#accept(transaction);
      return hash;
    });
  }

  /**
   * Takes a transaction signed for a rollup.
   * @returns its id, keccak256 of its bytes.
   * @throws {LockstepError}
   */
  async submitToRollup(rollup: ChainId, data: Hex): Promise<Hex> {
    this.#rollup(rollup);
    const transaction: AcceptedTransaction = { hash: keccak256(data), rollup, data };
    return await this.#hold(async (moment) => {
      if (this.#queue.get(transaction.hash) !== undefined) return transaction.hash;
      const simulation = moment.simulate(moment.head.timestamp + 1n);
      try {
        const options = this.#playOptions(moment.head.next.baseFeePerGas);
        const earlier = this.#queue.pending().filter((pending) => pending.rollup !== undefined);
        await playAll(simulation, earlier, options);
        await play(simulation, transaction, options);
      } finally {
        simulation.close();
      }
      await this.#accept(transaction);
      return transaction.hash;
    });
  }

  /**
   * Plays a call on L1 that sees the rollups.
   * @param pending on what the waiting transactions will leave, instead of on the head.
   */
  async call(request: CallRequest, pending: boolean): Promise<TransactionOutcome> {
    return await this.#simulate(async (simulation, baseFeePerGas) => {
      if (pending) await playAll(simulation, this.#queue.pending(), this.#playOptions(baseFeePerGas));
      return await simulation.call(request);
    });
  }

  /** Calls a contract on a rollup without changing anything. */
  async view(call: { rollup: ChainId; sender: Address; target: Address; data: Hex }): Promise<CallResult> {
    this.#rollup(call.rollup);
    return await this.#simulate((simulation) => simulation.view(call));
  }

  /**
   * Plays a call on a rollup as `eth_call` does there; it sees the other chains. Nothing of it stays.
   * @param pending on what the waiting transactions will leave, instead of on the head.
   */
  async callRollup(rollup: ChainId, request: CallRequest, pending: boolean): Promise<RollupCallOutcome> {
    this.#rollup(rollup);
    return await this.#simulate(async (simulation, baseFeePerGas) => {
      const options = this.#playOptions(baseFeePerGas);
      if (pending) await playAll(simulation, this.#queue.pending(), options);
      return await simulation.rollupCall(rollup, request, options.origin);
    });
  }

  /** The account of `address` at home on `chain`, on a rollup, as L1's head has it. */
  async account(rollup: ChainId, chain: ChainId, address: Address): Promise<AccountState> {
    return await this.readRollup(rollup, (machine) => machine.account(chain, BigInt(address)));
  }

  /** A rollup's state root, as L1's head has it. */
  async stateRoot(rollup: ChainId): Promise<StateRoot> {
    return await this.readRollup(rollup, (machine) => machine.stateRoot());
  }

  /** Where the rollup stands, as L1's head has it, or since it was stopped. */
  async standing(rollup: ChainId): Promise<{ root: StateRoot; stopped?: Stop }> {
    return await this.#hold(async ({ machines, stopped }) => {
      const stop = stopped.get(rollup)?.stop;
      if (stop !== undefined) return { root: stop.root, stopped: stop };
      const machine = machines.get(rollup);
      if (machine === undefined) throw new UnknownRollupError(rollup);
      return { root: machine.stateRoot() };
    });
  }

  /**
   * Reads a rollup as L1's head has it.
   * @throws {UnknownRollupError}, {RollupStoppedError}
   */
  async readRollup<Result>(
    rollup: ChainId,
    read: (machine: RollupMachine) => Result | Promise<Result>,
  ): Promise<Result> {
    return await this.#hold(async ({ machines, stopped }) => {
      const machine = machines.get(rollup);
      if (machine === undefined) throw stopped.get(rollup) ?? new UnknownRollupError(rollup);
      return await read(machine);
    });
  }

  /** Transactions signed for a rollup that wait. */
  pendingOfRollup(rollup: ChainId): AcceptedTransaction[] {
    return this.#queue.pending().filter((transaction) => transaction.rollup === rollup);
  }

  /** How far a transaction has come; nothing for one that the builder never took on. */
  status(hash: Hex): TransactionStatus | undefined {
    return this.#queue.statusOf(hash);
  }

  /** The L1 transaction in which one signed for a rollup took effect, also before this process began. */
  async l1TransactionOf(rollup: ChainId, id: Hex): Promise<Hex | undefined> {
    const status = this.status(id);
    if (status?.state === "posted") return status.l1Transaction;
    if (status?.state === "failed") return undefined;
    return await this.#hold(async ({ head }) => {
      // L1 shows a block before its transactions have their status. A client that saw the block asks only
      // once, so it waits here.
      const settled = this.status(id);
      if (settled !== undefined) return settled.state === "posted" ? settled.l1Transaction : undefined;
      const history = await this.#historyUpTo(head.number);
      return findL2Transaction(history, rollup, id)?.transaction;
    });
  }

  /** A transaction that is not on L1 yet. */
  pending(hash: Hex): AcceptedTransaction | undefined {
    return this.#queue.get(hash);
  }

  /** L1 transactions of `sender` that wait. */
  pendingOf(sender: Address): AcceptedTransaction[] {
    return this.#queue.pendingOf(sender);
  }

  /** How many transactions wait. */
  get waiting(): number {
    return this.#queue.pending().length;
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.waiting > 0 && !this.#stop.signal.aborted) await sleep(20);
  }

  /** Resolves when the transaction no longer waits, or after `patience` milliseconds. */
  async settled(hash: Hex, patience: number): Promise<void> {
    const end = performance.now() + patience;
    while (this.pending(hash) !== undefined && performance.now() < end && !this.#stop.signal.aborted) {
      await sleep(20);
    }
  }

  /**
   * Lets a step that is under way end or cancels its proofs, and closes the rollups' state. What waits is
   * kept.
   */
  async stop(): Promise<void> {
    if (this.#stop.signal.aborted) {
      await this.#running;
      return;
    }
    this.#stop.abort(new LockstepError("STOPPED", "the builder was stopped"));
    await this.#running;
    await this.#chains[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    let interrupted = false;
    while (!signal.aborted) {
      try {
        if (interrupted) await this.#recover();
        interrupted = false;
        await this.#queue.waitForWork(signal);
        await this.#producer.produce(this.#queue.pending(), signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        interrupted = true;
        this.#options.log?.error({ err: error }, "cannot go on; trying again");
        await sleep(RECONNECT_DELAY, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /**
   * Takes up where this process, or one before it, was interrupted: nothing half done stays on L1, the
   * rollups are where L1 says, and what L1 holds already is not played again.
   */
  async #recover(): Promise<void> {
    await undoInclusion(this.l1, this.#inclusions);
    await this.#hold(async ({ head }) => {
      const waiting = this.#queue.pending();
      const included = await findIncluded(this.l1, waiting, () => this.#historyUpTo(head.number));
      for (const { transaction, status } of included) await this.#queue.finish(transaction, status);
    });
  }

  /** What L1 holds of a transaction already, in this builder's batch or another account's. */
  async #includedAs(transaction: AcceptedTransaction): Promise<TransactionStatus | undefined> {
    const head = await this.l1.getBlockNumber({ cacheTime: 0 });
    const [found] = await findIncluded(this.l1, [transaction], () => this.#historyUpTo(head));
    return found?.status;
  }

  /** Everything that took effect on the rollups. */
  async #historyUpTo(block: bigint): Promise<HistoryEntry[]> {
    const ids = this.rollups.map(({ id }) => id);
    return await readHistory(this.l1, this.rollupsAddress, ids, this.#options.deploymentBlock ?? 0n, block);
  }

  async #crosses(
    simulation: Simulation,
    transaction: AcceptedTransaction,
    options: PlayOptions,
  ): Promise<boolean> {
    try {
      return (await play(simulation, transaction, options)).crossesChains;
    } catch (error) {
      if (error instanceof LockstepError || error instanceof BaseError) throw error;
      // The node may know an opcode or precompile that the simulation does not.
      this.#options.log?.warn(
        { err: error, transaction: transaction.hash },
        "cannot be simulated, is forwarded",
      );
      return false;
    }
  }

  async #accept(transaction: AcceptedTransaction): Promise<void> {
    this.#stop.signal.throwIfAborted();
    await this.#queue.add(transaction);
    const { hash, rollup } = transaction;
    this.#emit({ type: "accepted", transaction: hash, ...(rollup === undefined ? {} : { rollup }) });
  }

  async #simulate<Result>(
    work: (simulation: Simulation, baseFeePerGas: bigint) => Promise<Result>,
  ): Promise<Result> {
    return await this.#hold(async ({ head, simulate }) => {
      const simulation = simulate(head.timestamp + 1n);
      try {
        return await work(simulation, head.next.baseFeePerGas);
      } finally {
        simulation.close();
      }
    });
  }

  async #hold<Result>(work: (moment: Moment) => Promise<Result>): Promise<Result> {
    try {
      return await this.#chains.hold(work);
    } catch (error) {
      throw error instanceof BaseError ? l1Error(error, this.l1Rpc) : error;
    }
  }

  #playOptions(baseFeePerGas: bigint): PlayOptions {
    return { l1ChainId: this.l1ChainId, baseFeePerGas, origin: this.#options.account.address };
  }

  #rollup(id: ChainId): BuilderRollup {
    const rollup = this.rollups.find((each) => each.id === id);
    if (rollup === undefined) throw new UnknownRollupError(id);
    return rollup;
  }

  #keyOf(rollup: ChainId, circuit: string): Hex {
    const key = this.#rollup(rollup).verificationKeys[circuit];
    if (key !== undefined) return key;
    throw new LockstepError(
      "UNKNOWN_CIRCUIT",
      `rollup ${rollup.toString()} has no key for circuit ${circuit}`,
    );
  }

  #emit(event: BuilderEvent): void {
    const { log } = this.#options;
    const isFault = FAULTS.includes(event.type);
    if (log !== undefined) (isFault ? log.error : log.info).call(log, printable(event), event.type);
    for (const listener of this.#listeners) listener(event);
  }
}

/** JSON has no integers of this size. */
function printable(event: BuilderEvent): unknown {
  return JSON.parse(
    JSON.stringify(event, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );
}
