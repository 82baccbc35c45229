import { type Address, type Hex, isHex, type LocalAccount } from "viem";
import { batchCalldata, type VisitProof } from "../batch/encode.ts";
import { BatchTooLargeError, promisedGas } from "../batch/limits.ts";
import { type BatchPlan, planBatch } from "../batch/plan.ts";
import { type KeyOf, proveVisit, statementKey } from "../batch/prove.ts";
import type { Chains, Moment } from "./chains.ts";
import type { BuilderListener, Told } from "./events.ts";
import type { RollupKind } from "../kinds/kind.ts";
import { Lock } from "./lock.ts";
import { l1Error, type L1Client, L1UnreachableError } from "../l1/client.ts";
import { chooseDryRun } from "../post/dry-run/choose.ts";
import type { DryRun, Judge } from "../post/dry-run/dry-run.ts";
import { judgeBy } from "../post/dry-run/judge.ts";
import { frameLines } from "../post/dry-run/frame-lines.ts";
import { DryRunMismatchError } from "../post/dry-run/mismatch.ts";
import type { SeenOutcome } from "../post/dry-run/outcome.ts";
import { includeInOneBlock } from "../post/include.ts";
import { checkVisit, followedBy, SelfCheckError } from "../post/self-check.ts";
import { settle } from "../post/settle.ts";
import type { Prover } from "../proving/prover.ts";
import { BATCH_CALL_GAS } from "../protocol/call-gas.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { InclusionStore } from "../post/open-inclusion.ts";
import type { AcceptedTransaction, Timings, TransactionStatus } from "../intake/accepted.ts";
import { type Played, playAll } from "../simulate/play.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import { visitJobs } from "../batch/jobs.ts";

export interface ProducerOptions {
  readonly l1: L1Client;
  readonly l1ChainId: bigint;
  readonly manager: Address;
  /** `MAX_BATCH_AGE` of the contract, seconds. */
  readonly maxBatchAge: bigint;
  readonly chains: Chains;
  readonly queue: TransactionQueue;
  readonly inclusions: InclusionStore;
  readonly account: LocalAccount;
  readonly prover: Prover;
  readonly kindOf: (rollup: ChainId) => RollupKind;
  readonly keyOf: KeyOf;
  /**
   * What L1 holds of a rollup's transaction by whomever: a batch of a stranger's takes effect like the
   * builder's own.
   */
  readonly included: (transaction: AcceptedTransaction) => Promise<TransactionStatus | undefined>;
  readonly emit: BuilderListener;
}

/** How often a batch is made again because L1 changed while it was proven. */
const MAX_ATTEMPTS = 4;

/** L1 changed each time while the transaction was proven. */
export class UnsettledStateError extends LockstepError {
  constructor() {
    const times = MAX_ATTEMPTS.toString();
    super(
      "STATE_KEEPS_CHANGING",
      `what the transaction does changed ${times} times while it was proven; send it again`,
    );
  }
}

/** A batch before it is proven, and which transactions it serves. */
interface Draft {
  readonly plan: BatchPlan;
  readonly played: readonly Served[];
  readonly milliseconds: number;
}

type Served = Extract<Played, { success: boolean }>;

/** Takes transactions through simulation, proof and inclusion. One batch at a time. */
export class Producer {
  readonly #options: ProducerOptions;
  #dryRun: DryRun | undefined;

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  /**
   * Puts the transactions on L1, or gives them a status that says why not.
   * @throws {L1UnreachableError} and what `signal` gives; the transactions not finished then still wait in
   * the queue.
   */
  async produce(transactions: readonly AcceptedTransaction[], signal: AbortSignal): Promise<void> {
    if (transactions.length === 0) return;
    try {
      await this.#attempts(transactions, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const error = l1Error(cause, this.#options.l1.transport.url ?? "L1");
      if (error instanceof L1UnreachableError) throw error;
      const waiting = transactions.filter(({ hash }) => this.#options.queue.get(hash) !== undefined);
      const [first, ...others] = waiting;
      if (first === undefined) return;
      if (error instanceof DryRunMismatchError) this.#report(error);
      if (error instanceof SelfCheckError) this.#reportFault(error);
      const differing = this.#differing(error, waiting);
      // One of them may be at fault: each gets its own chance.
      if (others.length === 0) await this.#fail(first, error);
      else if (differing !== undefined) {
        await this.#fail(differing, error);
        await this.produce(
          waiting.filter((transaction) => transaction !== differing),
          signal,
        );
      } else if (error instanceof BatchTooLargeError) await this.#halves(waiting, signal);
      else for (const transaction of waiting) await this.produce([transaction], signal);
    }
  }

  /** The transaction that comes out differently on the node, or for a follower, if that is what happened. */
  #differing(error: LockstepError, waiting: readonly AcceptedTransaction[]): AcceptedTransaction | undefined {
    if (!(error instanceof DryRunMismatchError) && !(error instanceof SelfCheckError)) return undefined;
    return waiting.find(({ hash }) => hash === error.transaction);
  }

  #report({ transaction, simulated, node }: DryRunMismatchError): void {
    this.#options.emit({
      type: "mismatch",
      ...(transaction === undefined ? {} : { transaction }),
      simulated: told(simulated),
      node: told(node),
    });
  }

  #reportFault({ fault, transaction }: SelfCheckError): void {
    const about = transaction === undefined ? {} : { transaction };
    this.#options.emit({ type: "selfCheckFailed", ...about, ...fault });
  }

  async #halves(transactions: readonly AcceptedTransaction[], signal: AbortSignal): Promise<void> {
    const half = Math.ceil(transactions.length / 2);
    await this.produce(transactions.slice(0, half), signal);
    await this.produce(transactions.slice(half), signal);
  }

  async #attempts(transactions: readonly AcceptedTransaction[], signal: AbortSignal): Promise<void> {
    const { chains, queue, emit } = this.#options;
    const proofs = new Map<Hex, VisitProof>();
    let timestamp: bigint | undefined;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const draft = await chains.hold((moment) => this.#draft(moment, transactions, timestamp));
      if (draft.played.length === 0) return;
      const hashes = draft.played.map(({ transaction }) => transaction.hash);
      const { executions, visits } = draft.plan;
      const { milliseconds } = draft;
      emit({
        type: "simulated",
        transactions: hashes,
        executions: executions.length,
        visits: visits.length,
        milliseconds,
      });
      queue.proving(draft.played.map(({ transaction }) => transaction));
      const timings = await this.#prove(draft.plan, proofs, signal);
      signal.throwIfAborted();
      const ordered = visits
        .map((visit) => proofs.get(statementKey(visit)))
        .filter((proof) => proof !== undefined);
      const done = await chains.hold((moment) =>
        this.#post(moment, draft, ordered, { ...timings, simulate: draft.milliseconds }),
      );
      if (done) return;
      emit({ type: "retrying", transactions: hashes, reason: "L1 changed while the batch was proven" });
      timestamp = draft.plan.context.timestamp;
      transactions = draft.played.map(({ transaction }) => transaction);
    }
    for (const transaction of transactions) await this.#fail(transaction, new UnsettledStateError());
  }

  /** Plays the transactions on the head. Those that cannot be included get their status here. */
  async #draft(
    moment: Moment,
    transactions: readonly AcceptedTransaction[],
    earlier: bigint | undefined,
  ): Promise<Draft> {
    const start = performance.now();
    const { head } = moment;
    // The greatest time that any next block allows, and so not before that of any rollup.
    const timestamp =
      earlier !== undefined && this.#isCurrent(moment, earlier, [...moment.machines.keys()])
        ? earlier
        : head.timestamp + 1n;
    const { played, plan } = await this.#play(moment, transactions, timestamp);
    const served: Served[] = [];
    for (const each of played) {
      if ("failure" in each) await this.#fail(each.transaction, each.failure);
      else served.push(each);
    }
    const batch = plan();
    // What callees on L1 leave over in the simulation, they may use up there, and what comes after them must
    // not feel it.
    const promised = promisedGas(batch.executions);
    if (served.length > 1 && promised > BATCH_CALL_GAS)
      throw new BatchTooLargeError("gas for L1 calls", promised, BATCH_CALL_GAS);
    return { plan: batch, played: served, milliseconds: performance.now() - start };
  }

  async #play(moment: Moment, transactions: readonly AcceptedTransaction[], timestamp: bigint) {
    const { l1ChainId, manager, account } = this.#options;
    const simulation = moment.simulate(timestamp);
    try {
      const { baseFeePerGas } = moment.head.next;
      const played = await playAll(simulation, transactions, {
        l1ChainId,
        baseFeePerGas,
        origin: account.address,
      });
      const executions = simulation.executions();
      return { played, plan: () => planBatch(executions, { l1ChainId, rollups: manager, timestamp }) };
    } finally {
      simulation.close();
    }
  }

  /** Whether L1 still takes a batch of this timestamp, and these rollups still have visits in it. */
  #isCurrent({ head, machines }: Moment, timestamp: bigint, rollups: readonly ChainId[]): boolean {
    const isLate = rollups.every((rollup) => (machines.get(rollup)?.earliest ?? 0n) <= timestamp);
    const { timestamp: next } = head.next;
    return isLate && timestamp <= next && next - timestamp < this.#options.maxBatchAge;
  }

  async #prove(plan: BatchPlan, proofs: Map<Hex, VisitProof>, signal: AbortSignal): Promise<Timings> {
    const { kindOf, keyOf, prover, emit } = this.#options;
    const missing = plan.visits.filter((visit) => !proofs.has(statementKey(visit)));
    if (missing.length === 0) return {};
    const start = performance.now();
    const jobs = await visitJobs({ ...plan, visits: missing }, kindOf);
    const witness = performance.now() - start;
    let check = 0;
    // One after the other: they are all work of this thread, and so can be timed.
    const checking = new Lock();
    emit({ type: "proving", circuits: jobs.map(({ job }) => job.circuit), witnessMilliseconds: witness });
    await allOrCancel(signal, (cancel) =>
      jobs.map(async (visit) => {
        const begun = performance.now();
        const proof = await proveVisit(visit, prover, keyOf, cancel);
        const proven = performance.now();
        const { rollup, job } = visit;
        emit({ type: "proven", rollup, circuit: job.circuit, milliseconds: proven - begun });
        await checking.run(async () => {
          const start = performance.now();
          await checkVisit(visit, kindOf(rollup), proof.proof);
          check += performance.now() - start;
        });
        proofs.set(statementKey(visit), proof);
      }),
    );
    return { witness, prove: performance.now() - start - witness, check };
  }

  /** @returns false if L1 is no longer as it was when the batch was made. */
  async #post(
    moment: Moment,
    draft: Draft,
    proofs: readonly VisitProof[],
    timings: Timings,
  ): Promise<boolean> {
    const { l1, l1ChainId, manager, account, queue, inclusions, emit } = this.#options;
    const { plan } = draft;
    const start = performance.now();
    const transactions = draft.played.map(({ transaction }) => transaction);
    const visited = plan.visits.map(({ rollup }) => rollup);
    if (!this.#isCurrent(moment, plan.context.timestamp, visited)) return false;
    const again = await this.#play(moment, transactions, plan.context.timestamp);
    const foreseen = again.played.filter((played) => "success" in played);
    if (foreseen.length < again.played.length || again.plan().fingerprint !== plan.fingerprint) return false;

    const inclusion = {
      account,
      chainId: l1ChainId,
      manager,
      batch: plan.executions.length === 0 ? undefined : batchCalldata(plan, proofs),
      promised: promisedGas(plan.executions),
      transactions: transactions.filter(({ rollup }) => rollup === undefined).map(({ data }) => data),
      next: moment.head.next,
    };
    this.#dryRun ??= await chooseDryRun(l1);
    let check = timings.check ?? 0;
    const judge: Judge = async (shown) => {
      await judgeBy(plan, foreseen)(shown);
      const begun = performance.now();
      await followedBy({ ...inclusion, l1ChainId, machines: moment.machines })(shown);
      check += performance.now() - begun;
    };
    const included = await includeInOneBlock(l1, inclusion, inclusions, { dryRun: this.#dryRun, judge });
    const milliseconds = performance.now() - start;
    const settled = settle(plan, included, draft.played, { ...timings, post: milliseconds, check });
    emit({
      type: "posted",
      ...(included.batch === undefined
        ? {}
        : { batch: included.batch.transactionHash, batchGas: included.batch.gasUsed }),
      transactions: transactions.map(({ hash }) => hash),
      blockNumber: moment.head.next.number,
      milliseconds,
      checkMilliseconds: check,
    });
    const moved = settled.filter(({ status }) => status === undefined);
    if (moved.length > 0) {
      const hashes = moved.map(({ transaction }) => transaction.hash);
      emit({ type: "retrying", transactions: hashes, reason: "a batch of somebody else's came first" });
    }
    for (const { transaction, status } of settled) {
      if (status === undefined) continue;
      await queue.finish(transaction, status);
      if (status.state === "failed") emit({ ...status, type: "failed", transaction: transaction.hash });
    }
    return true;
  }

  async #fail(transaction: AcceptedTransaction, { code, message, ...rest }: LockstepError): Promise<void> {
    const included = transaction.rollup === undefined ? undefined : await this.#options.included(transaction);
    if (included !== undefined) {
      await this.#options.queue.finish(transaction, included);
      return;
    }
    const data = "data" in rest && isHex(rest.data) ? { data: rest.data } : {};
    await this.#options.queue.finish(transaction, { state: "failed", code, reason: message, ...data });
    this.#options.emit({ type: "failed", transaction: transaction.hash, code, reason: message });
  }
}

function told({ success, data, failure, trace }: SeenOutcome): Told {
  return { success, data, ...(failure === undefined ? {} : { failure }), trace: frameLines(trace) };
}

/** Waits for all; the first failure cancels the others, which are waited for as well. */
async function allOrCancel(
  signal: AbortSignal,
  start: (cancel: AbortSignal) => readonly Promise<void>[],
): Promise<void> {
  const failure = new AbortController();
  const jobs = start(AbortSignal.any([signal, failure.signal]));
  try {
    await Promise.all(jobs);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(jobs);
    throw error;
  }
}
