import { setTimeout as sleep } from "node:timers/promises";
import path from "node:path";
import { type Address, BaseError, type Hex, type LocalAccount } from "viem";
import type { Logger } from "pino";
import { checkTransaction } from "../batch/limits.ts";
import { ProofStore } from "../batch/proof-store.ts";
import type { Backend, BackendRollup, BackendTrouble, Purpose } from "./backend.ts";
import { Chains, type HeldChains } from "./chains.ts";
import { Lock } from "./lock.ts";
import type { BuilderEvent, BuilderListener } from "./events.ts";
import { findL2Transaction } from "../l1/history.ts";
import { readProofSystem } from "../l1/registration.ts";
import { feesOf } from "../evm/fees.ts";
import { timed } from "../evm/pace.ts";
import { type Stop, UnknownRollupError } from "../follower/stopped.ts";
import type { AccountState, RollupMachine, Signer } from "../kinds/kind.ts";
import { connectL1, l1Error, type L1Client } from "../l1/client.ts";
import { findIncluded } from "../post/find-included.ts";
import { assertMinesOnDemand } from "../post/mining-mode.ts";
import { mayStillTakeEffect } from "../post/settle.ts";
import { Turns } from "../post/turn.ts";
import { PendingSimulation } from "./pending.ts";
import { PlainAccounts } from "./plain.ts";
import { Producer } from "./producer.ts";
import { Proofs } from "./proofs.ts";
import { Recovery } from "./recovery.ts";
import type { BackendStatus } from "../proving/backend-status.ts";
import type { Prover } from "../proving/prover.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { codeOf, type ErrorCode, LockstepError } from "../protocol/errors.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";
import { lowerCase } from "../protocol/address.ts";
import type { CallRequest, TransactionOutcome } from "../simulate/outcome.ts";
import type { RollupCallOutcome, Simulation } from "../simulate/simulation.ts";
import type { CallResult } from "../simulate/cross-chain-router.ts";
import { InclusionStore } from "../post/inclusion-store.ts";
import { PendingStore } from "../intake/pending.ts";
import {
  type AcceptedTransaction,
  type L1Transaction,
  l1Transaction,
  rollupTransaction,
  type TransactionStatus,
} from "../intake/accepted.ts";
import { type Envelope, envelopeOf } from "../intake/envelope.ts";
import { BuilderStoppedError } from "../intake/stopped.ts";
import { UnderpricedReplacementError } from "../intake/errors.ts";
import { OutcomeStore } from "../intake/outcomes.ts";
import { l1Signer, TransactionQueue } from "../intake/queue.ts";
import { CrossedFrames } from "../simulate/crossed-frames.ts";
import { callAlone } from "../simulate/call-alone.ts";
import { simulateTransaction } from "../simulate/simulate-transactions.ts";

/** A rollup that the builder runs. */
export type BuilderRollup = BackendRollup;

export interface BuilderOptions {
  /** JSON-RPC endpoint of the L1 node. */
  readonly l1Rpc: string;
  readonly manager: Address;
  readonly rollups: readonly BuilderRollup[];
  /** Posts batches and pays for them. */
  readonly account: LocalAccount;
  /** Stays the caller's: it is not closed with the builder. */
  readonly prover: Prover;
  /** Durable state; without it everything lives in memory. */
  readonly folder?: string;
  /** Block in which `Rollups` was deployed, or an earlier one; default 0. */
  readonly deploymentBlock?: bigint;
  /**
   * Blocks after which what L1 says is final for this builder: until then, posted transactions are kept.
   * Default 64.
   */
  readonly reorgDepth?: bigint;
  /** How many transactions for rollups may wait that pay nothing; 0: none is taken. Default 1,024. */
  readonly freeTransactions?: number | undefined;
  /**
   * Milliseconds for which an accepted transaction may wait for what another block may bring, a lower base
   * fee; then it is dropped (`ABANDONED`), and what its sender signed to come after it is refused. Default
   * three hours, as geth's pool has it.
   */
  readonly lifetime?: number | undefined;
  readonly log?: Logger;
}

/** Events that the operator should look into. */
const FAULTS: readonly BuilderEvent["type"][] = ["stopped", "selfCheckFailed"];

/** How often L1's head is looked at when nothing else asks for it, in milliseconds. */
const WATCH = 1_000;
/** How long a snapshot of L1, or the return to one, waits for what is being included, in milliseconds. */
const UNTIL_QUIET = 5_000;
/** How long what may become includable waits, in milliseconds. */
const LIFETIME = 3 * 60 * 60 * 1_000;
/** As many confirmations as make a block final on most chains. */
const REORG_DEPTH = 64n;
/** What a transaction is refused with whose nonce is ahead: on L1, and on an EVM rollup. */
const NONCE_AHEAD: readonly ErrorCode[] = ["NONCE_TOO_HIGH", "INVALID_L2_TRANSACTION"];

/**
 * Starts a builder.
 * @throws {L1UnreachableError}, or what opening the rollups' state throws.
 * @example
 * ```ts
 * import { createBuilder } from "./builder/core/builder.ts";
 * import { developmentAccount } from "./builder/devnet/accounts.ts";
 * import { builderRollup, knownKind } from "./builder/node/kinds/index.ts";
 * import { prepareArtefacts } from "./builder/node/artefacts.ts";
 * import { openProver } from "./builder/node/prover.ts";
 * import { chainId } from "./builder/protocol/ids.ts";
 *
 * const circuits = await prepareArtefacts();
 * const artefacts = [...circuits.values()].map((circuit) => circuit.artefacts);
 * await using prover = await openProver({ circuits: artefacts });
 * await using builder = await createBuilder({
 *   l1Rpc: "http://127.0.0.1:8545",
 *   manager: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
 *   rollups: [builderRollup(chainId(1), knownKind("ledger"), circuits)],
 *   account: developmentAccount(0),
 *   prover: prover.pool,
 * });
 * builder.listen((event) => console.log(event.type));
 * ```
 */
export async function createBuilder(options: BuilderOptions): Promise<Builder> {
  return await Builder.start(options);
}

/**
 * Takes transactions that cross chains through
 * `transaction → simulate → execution → batch → witness → proof → post`. Everything it knows of the rollups
 * comes from L1: it may be killed at any moment and started again.
 */
export class Builder implements Backend, AsyncDisposable {
  readonly l1: L1Client;
  readonly l1Rpc: string;
  readonly l1ChainId: bigint;
  readonly manager: Address;
  readonly rollups: readonly BuilderRollup[];
  readonly #options: BuilderOptions;
  readonly #chains: Chains;
  readonly #queue: TransactionQueue;
  readonly #recovery: Recovery;
  readonly #plain: PlainAccounts;
  readonly #pending: PendingSimulation;
  readonly #listeners = new Set<BuilderListener>();
  readonly #stop = new AbortController();
  readonly #producer: Producer;
  /** One return to a snapshot after the other. */
  readonly #returns = new Lock();
  #running: Promise<unknown> = Promise.resolve();
  /** Calls that are played now. */
  #calls = 0;

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
    this.manager = options.manager;
    this.rollups = options.rollups;
    const { folder, account, prover } = options;
    const own = (name: string) => (folder === undefined ? undefined : path.join(folder, name));
    const signerOf = (transaction: AcceptedTransaction): string | undefined => {
      if (transaction.rollup === undefined) return l1Signer(transaction.decoded.sender);
      const signer = this.#signer(transaction);
      return signer && `${transaction.rollup}:${signer.sender}`;
    };
    this.#queue = new TransactionQueue({
      pending: new PendingStore(own("pending"), l1ChainId),
      outcomes: new OutcomeStore(folder),
      l1ChainId,
      signerOf,
      feeOf: (transaction) => {
        const { hasFees } = this.#rollup(transaction.rollup).kind;
        return hasFees === true ? (this.#signer(transaction)?.priorityFee ?? 0n) : undefined;
      },
      ...(options.freeTransactions === undefined ? {} : { limits: { free: options.freeTransactions } }),
    });
    const inclusions = new InclusionStore(folder);
    const turns = new Turns(l1);
    this.#plain = new PlainAccounts(options.l1Rpc);
    const manager = options.manager;
    const emit: BuilderListener = (event) => {
      this.#emit(event);
    };
    this.#pending = new PendingSimulation({
      chains,
      queue: this.#queue,
      l1ChainId,
      manager,
      origin: account.address,
      mostOfL1: () => this.#producer.mostOfL1,
      jointOf: (rollup) => this.#rollup(rollup).kind.joint,
    });
    const proofs = new Proofs({
      store: new ProofStore(own("proofs")),
      prover,
      kindOf: (rollup) => this.#rollup(rollup).kind,
      keyOf: (rollup, circuit) => this.#keyOf(rollup, circuit),
      proofSystemOf: (rollup) => readProofSystem(l1, manager, rollup),
      emit,
    });
    this.#recovery = new Recovery({
      l1,
      manager,
      rollups: options.rollups,
      firstBlock: options.deploymentBlock ?? 0n,
      reorgDepth: options.reorgDepth ?? REORG_DEPTH,
      chains,
      queue: this.#queue,
      inclusions,
      turns,
      emit,
    });
    this.#producer = new Producer({
      l1,
      l1ChainId,
      maxBatchAge,
      chains,
      manager,
      queue: this.#queue,
      pending: this.#pending,
      proofs,
      inclusions,
      turns,
      account,
      recover: () => this.#recovery.recover(),
      signerOf,
      kindOf: (rollup) => this.#rollup(rollup).kind,
      isProven: (rollup) => this.#rollup(rollup).kind.isProven,
      lifetime: options.lifetime ?? LIFETIME,
      emit,
    });
    chains.listen(
      (rollup, stopped) => {
        if (stopped === undefined) this.#emit({ type: "resumed", rollup });
        else this.#emit({ ...stopped.stop, type: "stopped", message: stopped.message });
      },
      () => {
        this.#recovery.reorganised();
        this.#producer.reorganised();
      },
    );
  }

  /** @internal Use {@link createBuilder}. */
  static async start(options: BuilderOptions): Promise<Builder> {
    const l1 = connectL1(options.l1Rpc);
    try {
      const [id, maxBatchAge] = await Promise.all([
        l1.getChainId(),
        l1.readContract({ address: options.manager, abi: rollupsAbi, functionName: "MAX_BATCH_AGE" }),
      ]);
      const l1ChainId = BigInt(id);
      await assertMinesOnDemand(l1);
      const chains = await Chains.open({
        l1,
        l1ChainId,
        maxBatchAge,
        manager: lowerCase(options.manager),
        rollups: options.rollups,
        folder: options.folder,
        firstBlock: options.deploymentBlock ?? 0n,
        onRebuild: (folder) =>
          options.log?.warn({ folder }, "was written by an older version; it is rebuilt from L1"),
      });
      const builder = new Builder(options, l1, l1ChainId, maxBatchAge, chains);
      try {
        await builder.#queue.load();
        await builder.#recovery.recover();
        const { signal } = builder.#stop;
        builder.#running = Promise.all([builder.#producer.work(signal), builder.#watch(signal)]);
      } catch (error) {
        await builder.stop();
        throw error;
      }
      return builder;
    } catch (error) {
      throw l1Error(error, options.l1Rpc);
    }
  }

  listen(listener: BuilderListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async submit<Forwarded>(raw: Hex, forward: () => Promise<Forwarded>): Promise<Hex | Forwarded> {
    const queue = this.#queue;
    const plain = await this.#plainEnvelope(raw);
    // Nothing of its sender can wait. Recovering who that is would cost more than the rest of the way.
    if (plain !== undefined && !queue.waitsUpTo(plain.nonce)) return await forward();
    const transaction = l1Transaction(raw, this.l1ChainId);
    const { hash, decoded } = transaction;
    const { sender, nonce } = decoded;
    if (queue.get(hash) !== undefined) return hash;
    const own = queue.pendingOf(sender);
    if (own.length === 0 && plain !== undefined) return await forward();
    const rival = own.find((each) => each.rollup === undefined && each.decoded.nonce === nonce);
    if (rival !== undefined) {
      await this.#replace(rival, transaction);
      return hash;
    }
    using _place = queue.claim(queue.claimOf(transaction));
    try {
      const isKept = await this.#guard(() =>
        this.#pending.offer(transaction, async ({ crossesChains, warnings }, { head }) => {
          // Behind one that waits, a transaction has to wait too: nonces are used in order.
          const isKept = crossesChains || queue.pendingOf(sender).length > 0;
          if (isKept) await this.#accept(transaction, head.number, warnings);
          return { isKept, result: isKept };
        }),
      );
      return isKept ? hash : await forward();
    } catch (error) {
      const block = await this.#unplayedAt(error, transaction);
      if (block !== undefined) {
        await this.#accept(transaction, block);
        return hash;
      }
      if (error instanceof LockstepError || error instanceof BaseError) throw error;
      // The node may know an opcode or precompile that the simulation does not.
      this.#options.log?.warn({ err: error, transaction: hash }, "cannot be simulated, is forwarded");
      return await forward();
    }
  }

  async submitToRollup(rollup: ChainId, data: Hex): Promise<Hex> {
    this.#rollup(rollup);
    const transaction = rollupTransaction(rollup, data);
    const { hash } = transaction;
    const queue = this.#queue;
    if (queue.get(hash) !== undefined) return hash;
    const signer = queue.signerOf(transaction);
    const nonce = this.#signer(transaction)?.nonce;
    const rival =
      signer === undefined
        ? undefined
        : queue.pendingBy(signer).find((each) => this.#signer(each)?.nonce === nonce);
    if (rival !== undefined) {
      await this.#replace(rival, transaction);
      return hash;
    }
    const claim = queue.claimOf(transaction);
    using _place = queue.claim(claim);
    try {
      await this.#guard(() =>
        this.#pending.offer(
          transaction,
          async ({ warnings }, { head }) => {
            await this.#accept(transaction, head.number, warnings);
            return { isKept: true, result: undefined };
          },
          claim.isFree,
        ),
      );
    } catch (error) {
      const block = await this.#unplayedAt(error, transaction);
      if (block === undefined) throw error;
      await this.#accept(transaction, block);
    }
    return hash;
  }

  async call(request: CallRequest, pending: boolean, purpose: Purpose = "read"): Promise<TransactionOutcome> {
    return await this.#simulate(pending, purpose, (simulation) => simulation.call(request));
  }

  async view(call: { rollup: ChainId; sender: Address; target: Address; data: Hex }): Promise<CallResult> {
    this.#rollup(call.rollup);
    return await this.#simulate(false, "read", (simulation) => simulation.view(call));
  }

  async callRollup(
    rollup: ChainId,
    request: CallRequest,
    pending: boolean,
    purpose: Purpose = "read",
  ): Promise<RollupCallOutcome> {
    this.#rollup(rollup);
    const origin = this.#options.account.address;
    return await this.#simulate(pending, purpose, (simulation, assertWanted) =>
      simulation.rollupCall(rollup, request, origin, assertWanted),
    );
  }

  async callRollupAfter(
    rollup: ChainId,
    block: bigint,
    request: CallRequest,
  ): Promise<RollupCallOutcome | undefined> {
    this.#rollup(rollup);
    const { l1ChainId, manager } = this;
    return await this.#counted(() =>
      this.#chains.aside(async ({ machines, stopped, timestamp }) => {
        const machine = machines.get(rollup);
        if (machine === undefined) throw stopped.get(rollup) ?? new UnknownRollupError(rollup);
        const then = machine.asideAfter?.(block);
        if (then === undefined) return undefined;
        const visit = await timed(false, () => callAlone(then, request, { l1ChainId, manager, timestamp }));
        return { visit, frame: undefined, l1Calls: 0, l1Failures: 0, crossed: new CrossedFrames() };
      }),
    );
  }

  async callAll(requests: readonly CallRequest[]): Promise<TransactionOutcome[]> {
    return await this.#simulate(false, "read", (simulation) => simulation.calls(requests));
  }

  async callRollupAll(rollup: ChainId, requests: readonly CallRequest[]): Promise<RollupCallOutcome[]> {
    this.#rollup(rollup);
    const origin = this.#options.account.address;
    return await this.#simulate(false, "read", (simulation) =>
      simulation.rollupCalls(rollup, requests, origin),
    );
  }

  async account(rollup: ChainId, chain: ChainId, address: Address): Promise<AccountState> {
    return await this.readRollup(rollup, (machine) => machine.account(chain, BigInt(address)));
  }

  /** A rollup's state root, as L1's head has it. */
  async stateRoot(rollup: ChainId): Promise<StateRoot> {
    return await this.readRollup(rollup, (machine) => machine.stateRoot());
  }

  async standing(rollup: ChainId): Promise<{ root: StateRoot; stopped?: Stop }> {
    return await this.#atHead(({ machines, stopped }) => {
      const stop = stopped.get(rollup)?.stop;
      if (stop !== undefined) return { root: stop.root, stopped: stop };
      const machine = machines.get(rollup);
      if (machine === undefined) throw new UnknownRollupError(rollup);
      return { root: machine.aside("head").stateRoot() };
    });
  }

  async readRollup<Result>(
    rollup: ChainId,
    read: (machine: RollupMachine) => Result | Promise<Result>,
  ): Promise<Result> {
    return await this.#atHead(({ machines, stopped }) => {
      const machine = machines.get(rollup);
      if (machine === undefined) throw stopped.get(rollup) ?? new UnknownRollupError(rollup);
      return read(machine.aside("head"));
    });
  }

  pendingOnL1(): L1Transaction[] {
    return this.#queue.pending().filter((transaction) => transaction.rollup === undefined);
  }

  pendingOfRollup(rollup: ChainId): AcceptedTransaction[] {
    return this.#queue.pending().filter((transaction) => transaction.rollup === rollup);
  }

  status(hash: Hex): TransactionStatus | undefined {
    return this.#queue.statusOf(hash);
  }

  async statusOnL1(rollup: ChainId, id: Hex): Promise<TransactionStatus | undefined> {
    const status = this.status(id);
    if (status === undefined || !mayStillTakeEffect(status)) return status;
    return await this.#guard(async () => {
      const { head } = await this.#chains.look();
      const all = () => this.#recovery.history(this.#options.deploymentBlock ?? 0n, head.number);
      const [found] = await findIncluded(this.l1, [{ hash: id, rollup }], all);
      return found?.status ?? status;
    });
  }

  async l1TransactionOf(rollup: ChainId, id: Hex): Promise<Hex | undefined> {
    const before = this.status(id);
    if (before?.state === "posted") return before.l1Transaction;
    if (before?.state === "failed" && !mayStillTakeEffect(before)) return undefined;
    // L1 shows a block before its transactions have their status. A client that saw the block asks only
    // once, and waits here.
    await this.#producer.settled();
    const settled = this.status(id);
    if (settled !== undefined && !mayStillTakeEffect(settled))
      return settled.state === "posted" ? settled.l1Transaction : undefined;
    return await this.#guard(async () => {
      const { head } = await this.#chains.look();
      const history = await this.#recovery.history(this.#options.deploymentBlock ?? 0n, head.number);
      return findL2Transaction(history, rollup, id)?.transaction;
    });
  }

  pending(hash: Hex): AcceptedTransaction | undefined {
    return this.#queue.get(hash);
  }

  pendingOf(sender: Address): AcceptedTransaction[] {
    return this.#queue.pendingOf(sender);
  }

  get waiting(): number {
    return this.#queue.size;
  }

  get provers(): readonly BackendStatus[] {
    return this.#options.prover.backends ?? [];
  }

  get calls(): number {
    return this.#calls;
  }

  get trouble(): BackendTrouble | undefined {
    return this.#producer.trouble;
  }

  async quiet(): Promise<void> {
    await Promise.race([this.idle(), sleep(UNTIL_QUIET, undefined, { ref: false })]);
    await this.#producer.settled();
  }

  async takeBack<Result>(goBack: () => Promise<Result>): Promise<Result> {
    await this.quiet();
    const tell = (): void => {
      this.#recovery.reorganised();
      this.#producer.reorganised();
    };
    return await this.#returns.run(async () => {
      const result = await this.#recovery.takenBack(goBack, tell);
      await this.#chains.look();
      return result;
    });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.waiting > 0 && !this.#stop.signal.aborted) await sleep(20);
  }

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
    this.#stop.abort(new BuilderStoppedError());
    await this.#running;
    await this.#chains[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Looks at L1 now and then, so that a reorganisation is seen also when no request comes. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(WATCH, undefined, { signal, ref: false }).catch(() => undefined);
      // What needs L1 will say that it is away.
      await this.#chains.look().catch(() => undefined);
    }
  }

  /** The envelope of a transaction that crosses no border, whatever it does: no need to play it. */
  async #plainEnvelope(raw: Hex): Promise<Envelope | undefined> {
    const envelope = envelopeOf(raw, this.l1ChainId);
    const to = envelope?.to;
    if (to === undefined) return undefined;
    return (await this.#guard(() => this.#plain.has(to))) ? envelope : undefined;
  }

  /**
   * One waiting transaction is replaced by another of the same sender and nonce.
   * @throws {UnderpricedReplacementError} or what playing it throws.
   */
  async #replace(old: AcceptedTransaction, by: AcceptedTransaction): Promise<void> {
    const [before, after] = [this.#fees(old), this.#fees(by)];
    const isBetter =
      after.maxFee * 10n >= before.maxFee * 11n && after.priorityFee * 10n >= before.priorityFee * 11n;
    if (!isBetter || this.status(old.hash)?.state === "proving")
      throw new UnderpricedReplacementError(after.nonce);
    const signer = this.#queue.signerOf(by);
    const own = signer === undefined ? [] : this.#queue.pendingBy(signer);
    const earlier = own.slice(
      0,
      own.findIndex(({ hash }) => hash === old.hash),
    );
    const origin = this.#options.account.address;
    const block = await this.#guard(() =>
      this.#chains.playAside(async (simulation, { head }) => {
        const options = { baseFeePerGas: head.next.baseFeePerGas, origin, check: checkTransaction };
        for (const each of [...earlier, by])
          await timed(false, () => simulateTransaction(simulation, each, options));
        return head.number;
      }),
    );
    const reason = `transaction ${by.hash} with the same nonce took its place`;
    const status = { state: "failed", code: "REPLACED", reason } as const;
    // Nothing is told of it before this.
    const was = await this.#queue.replace(old, by, status, block, () => {
      this.#emitAccepted(by);
    });
    if (was === "proving") throw new UnderpricedReplacementError(after.nonce);
    if (was === "waiting") this.#emit({ type: "failed", transaction: old.hash, code: status.code, reason });
  }

  #fees(transaction: AcceptedTransaction): Signer {
    if (transaction.rollup !== undefined) {
      const signer = this.#signer(transaction);
      if (signer === undefined) throw new TypeError("only what can be read has a rival");
      return signer;
    }
    const { tx, sender, nonce } = transaction.decoded;
    return { sender, nonce, ...feesOf(tx) };
  }

  #signer(transaction: AcceptedTransaction): Signer | undefined {
    const { rollup, data } = transaction;
    if (rollup === undefined) return undefined;
    return this.rollups.find(({ id }) => id === rollup)?.kind.signerOf?.(data, this.l1ChainId, rollup);
  }

  /**
   * L1's block now, if a transaction only seems wrong because its sender's transactions before it wait and
   * are not played yet.
   */
  async #unplayedAt(error: unknown, transaction: AcceptedTransaction): Promise<bigint | undefined> {
    if (!NONCE_AHEAD.includes(codeOf(error))) return undefined;
    const { head } = await this.#guard(() => this.#chains.look());
    const signer = this.#queue.signerOf(transaction);
    const last = signer === undefined ? undefined : this.#queue.pendingBy(signer).at(-1);
    if (last === undefined || this.#pending.has(last.hash)) return undefined;
    return this.#fees(transaction).nonce === this.#fees(last).nonce + 1n ? head.number : undefined;
  }

  async #accept(
    transaction: AcceptedTransaction,
    block: bigint,
    warnings: readonly string[] = [],
  ): Promise<void> {
    this.#stop.signal.throwIfAborted();
    await this.#queue.add(transaction, block);
    this.#emitAccepted(transaction);
    if (warnings.length > 0) this.#emit({ type: "warned", transaction: transaction.hash, warnings });
  }

  #emitAccepted({ hash, rollup }: AcceptedTransaction): void {
    this.#producer.wake();
    this.#emit({ type: "accepted", transaction: hash, ...(rollup === undefined ? {} : { rollup }) });
  }

  async #simulate<Result>(
    pending: boolean,
    purpose: Purpose,
    work: (simulation: Simulation, assertWanted: () => void) => Promise<Result>,
  ): Promise<Result> {
    const play = async (simulation: Simulation): Promise<Result> => {
      const first = simulation.count;
      const assertWanted = (): void => {
        if (purpose === "include") checkTransaction(simulation.outlines(first));
      };
      const result = await work(simulation, assertWanted);
      assertWanted();
      return result;
    };
    const own = (simulation: Simulation): Promise<Result> => timed(false, () => play(simulation));
    return await this.#counted(() => (pending ? this.#pending.aside(own) : this.#chains.playAside(own)));
  }

  async #counted<Result>(play: () => Promise<Result>): Promise<Result> {
    this.#calls++;
    try {
      return await this.#guard(play);
    } finally {
      this.#calls--;
    }
  }

  async #atHead<Result>(work: (moment: HeldChains) => Promise<Result> | Result): Promise<Result> {
    return await this.#guard(async () => await this.#chains.aside(work));
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof BaseError ? l1Error(error, this.l1Rpc) : error;
    }
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
      "MISSING_VERIFICATION_KEY",
      `rollup ${rollup.toString()} has no key for circuit ${circuit}`,
    );
  }

  #emit(event: BuilderEvent): void {
    const { log } = this.#options;
    const isFault = FAULTS.includes(event.type);
    const tell = isFault ? log?.error : event.type === "warned" ? log?.warn : log?.info;
    tell?.call(log, printable(event), event.type);
    for (const listener of this.#listeners) listener(event);
  }
}

/** JSON has no integers of this size. */
function printable(event: BuilderEvent): unknown {
  return JSON.parse(
    JSON.stringify(event, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
  );
}
