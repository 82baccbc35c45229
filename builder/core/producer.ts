import { setTimeout as sleep } from "node:timers/promises";
import { type Address, type Hex, isHex, type LocalAccount } from "viem";
import { batchCalldata } from "../batch/encode.ts";
import { promisedGas } from "../batch/limits.ts";
import type { Chains, HeldChains } from "./chains.ts";
import type { BuilderListener, OutcomeReport } from "./events.ts";
import { type L1Client } from "../l1/client.ts";
import { chooseDryRun } from "../post/dry-run/choose.ts";
import type { DryRun, ResultCheck } from "../post/dry-run/dry-run.ts";
import { compareOutcomes } from "../post/dry-run/compare-outcomes.ts";
import { frameLines } from "../post/dry-run/frame-lines.ts";
import { DryRunMismatchError } from "../post/dry-run/mismatch.ts";
import type { SeenOutcome } from "../post/dry-run/outcome.ts";
import { includeInOneBlock } from "../post/include.ts";
import type { BundleReceipts } from "../post/bundle.ts";
import { checkFollower, SelfCheckError } from "../post/self-check.ts";
import { settle } from "../post/settle.ts";
import type { Turns } from "../post/turn.ts";
import type { ErrorCode, LockstepError } from "../protocol/errors.ts";
import type { InclusionStore } from "../post/inclusion-store.ts";
import type { AcceptedTransaction, Timings } from "../intake/accepted.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import { type Draft, MAX_PLAYED, type PendingSimulation } from "./pending.ts";
import type { Proofs } from "./proofs.ts";
import { Priority } from "./room.ts";
import { BackOff, findingOf, type Trouble } from "./trouble.ts";

export interface ProducerOptions {
  readonly l1: L1Client;
  readonly l1ChainId: bigint;
  readonly manager: Address;
  /** `MAX_BATCH_AGE` of the contract, seconds. */
  readonly maxBatchAge: bigint;
  readonly chains: Chains;
  readonly queue: TransactionQueue;
  readonly pending: PendingSimulation;
  readonly proofs: Proofs;
  readonly inclusions: InclusionStore;
  readonly turns: Turns;
  readonly account: LocalAccount;
  /**
   * Takes up what was interrupted: nothing half done stays on L1, and what L1 holds already is no longer
   * waiting.
   * @throws what reading L1 throws.
   */
  readonly recover: () => Promise<void>;
  /** Who signed a transaction, on which chain; nothing if its kind cannot tell. */
  readonly signerOf: (transaction: AcceptedTransaction) => string | undefined;
  readonly emit: BuilderListener;
}

/** How often a transaction is tried that fails for what is not its own fault, but alone. */
const MAX_FAULTS = 5;
/**
 * How much earlier than by the node's clock a block may be made, seconds: it is the one that was played in.
 */
const LATEST = 12n;
/** How often blocks of others may come first before they are waited for. */
const HURRY = 8;

/** Trouble there is. */
export interface Present extends Trouble {
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Takes transactions through simulation, proof and inclusion. One batch at a time. */
export class Producer {
  readonly #options: ProducerOptions;
  readonly #backOff = new BackOff();
  #dryRun: DryRun | undefined;
  #trouble: Present | undefined;
  /** Something may stand on L1 that is not noted. */
  #isUnsure = false;
  /** Parts of a batch that did not go through as a whole. */
  #parts: (readonly AcceptedTransaction[])[] = [];
  #posting: Promise<unknown> = Promise.resolve();
  /** Transactions that have to wait, until when, and how often they had to. */
  readonly #doubted = new Set<Hex>();
  readonly #held = new Map<Hex, { readonly times: number; readonly until: number }>();

  constructor(options: ProducerOptions) {
    this.#options = options;
  }

  /** What keeps transactions waiting, if anything does. */
  get trouble(): Present | undefined {
    return this.#trouble;
  }

  /** Resolves when no block is being made whose fate is not noted yet. */
  async settled(): Promise<void> {
    await this.#posting;
  }

  /** L1 has another history. */
  reorganised(): void {
    this.#isUnsure = true;
    this.#options.queue.nudge();
  }

  /** Works until `signal` ends it. What waits then is kept. */
  async work(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      let batch: readonly AcceptedTransaction[] = [];
      try {
        if (this.#isUnsure) await this.#lookAtL1();
        if (this.#options.queue.size === 0) {
          this.#options.pending.rest();
          this.#calm();
          await this.#options.queue.waitForWork(signal);
          continue;
        }
        batch = this.#choose();
        if (batch.length === 0) {
          await sleep(50, undefined, { signal });
          continue;
        }
        await this.#produce(batch, signal);
        this.#calm();
      } catch (error) {
        if (isOver()) return;
        await this.#meet(error, batch, signal);
      }
    }
  }

  async #lookAtL1(): Promise<void> {
    // What comes to light meanwhile is looked at again.
    this.#isUnsure = false;
    try {
      await this.#options.recover();
    } catch (error) {
      this.#isUnsure = true;
      throw error;
    }
  }

  /** What comes into the next batch, as far as it fits; nothing if all that waits has to wait. */
  #choose(): readonly AcceptedTransaction[] {
    const { queue } = this.#options;
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      const ready = this.#ready(part.filter(({ hash }) => queue.get(hash) !== undefined));
      if (ready.length > 0) return ready;
    }
    const ready = this.#ready(queue.pending());
    const [first] = ready;
    // What has met a fault holds up no other: it is tried alone.
    if (first !== undefined && this.#held.has(first.hash)) return [first];
    return ready.filter(({ hash }) => !this.#held.has(hash)).slice(0, MAX_PLAYED);
  }

  /** Without those that have to wait, and those that their senders have signed to come after them. */
  #ready(transactions: readonly AcceptedTransaction[]): AcceptedTransaction[] {
    const now = performance.now();
    const held = new Set<string>();
    return transactions.filter((transaction) => {
      const signer = this.#options.signerOf(transaction);
      const until = this.#held.get(transaction.hash)?.until ?? 0;
      if (until <= now && (signer === undefined || !held.has(signer))) return true;
      if (signer !== undefined) held.add(signer);
      return false;
    });
  }

  /**
   * It is tried again later, longer each time.
   * @returns how often that was.
   */
  #hold({ hash }: AcceptedTransaction): number {
    const times = (this.#held.get(hash)?.times ?? 0) + 1;
    this.#held.set(hash, { times, until: performance.now() + Math.min(30_000, 100 * 4 ** (times - 1)) });
    return times;
  }

  /**
   * One batch, until it is on L1.
   * @throws what keeps it from there.
   */
  async #produce(batch: readonly AcceptedTransaction[], signal: AbortSignal): Promise<void> {
    const { pending, proofs, queue, chains, emit } = this.#options;
    let anew = -1;
    let transactions = batch;
    let timestamp: bigint | undefined;
    let timings: Timings = {};
    for (let round = 0; ; round++) {
      signal.throwIfAborted();
      if (round > HURRY) await sleep(50 * Math.random(), undefined, { signal });
      const draft = await pending.draft(transactions, timestamp);
      if (draft.failed.length > 0) {
        // A node that does not tell when its state changes without a block may have done so.
        if (draft.moment.head.stateRoot === undefined && draft.moment.epoch !== anew) {
          await chains.readAnew();
          anew = chains.epoch;
          continue;
        }
        // It may stand on L1 already, in a batch of another account's.
        await this.#lookAtL1();
        for (const { transaction, failure } of draft.failed) await this.#refuse(transaction, failure);
      }
      if (draft.served.length === 0) return;
      const hashes = draft.served.map(({ transaction }) => transaction.hash);
      const isMissing = !proofs.hasAll(draft.plan);
      if (round > 0 && isMissing)
        emit({ type: "retrying", transactions: hashes, reason: "L1 changed while the batch was proven" });
      if (round === 0 || isMissing) {
        const { executions, visits } = draft.plan;
        const { milliseconds } = draft;
        emit({
          type: "simulated",
          transactions: hashes,
          executions: executions.length,
          visits: visits.length,
          milliseconds,
        });
      }
      transactions = draft.served.map(({ transaction }) => transaction);
      queue.proving(transactions);
      if (isMissing) timings = await proofs.make(draft.plan, signal);
      signal.throwIfAborted();
      if (isSame(draft.moment, await chains.look())) {
        const posting = this.#post(draft, { ...timings, simulate: draft.milliseconds });
        this.#posting = posting.catch(() => undefined);
        if (await posting) return;
      }
      timestamp = this.#keptTime(draft, await chains.look());
    }
  }

  /** A batch keeps its time as long as L1 takes it, so that what was proven for it serves again. */
  #keptTime({ plan }: Draft, { head, machines }: HeldChains): bigint | undefined {
    const { timestamp } = plan.context;
    if (!this.#options.proofs.hasSome(plan)) return undefined;
    const isLate = [...machines.values()].every(({ earliest }) => earliest <= timestamp);
    const { timestamp: next } = head.next;
    // Time enough for what is left to prove.
    const isYoung = (next - timestamp) * 4n < this.#options.maxBatchAge * 3n;
    return isLate && timestamp <= next && isYoung ? timestamp : undefined;
  }

  /** @returns false if a block of others came first. */
  async #post(draft: Draft, timings: Timings): Promise<boolean> {
    const { l1, l1ChainId, manager, account, proofs, chains, inclusions, turns, emit } = this.#options;
    const { plan, served, moment } = draft;
    const start = performance.now();
    const transactions = served.map(({ transaction }) => transaction);
    const inclusion = {
      account,
      chainId: l1ChainId,
      manager,
      batch: plan.executions.length === 0 ? undefined : batchCalldata(plan, proofs.of(plan)),
      promised: promisedGas(plan.executions),
      transactions: transactions.filter(({ rollup }) => rollup === undefined).map(({ data }) => data),
      next: moment.head.next,
    };
    this.#dryRun ??= await chooseDryRun(l1);
    let check = timings.check ?? 0;
    const judge: ResultCheck = async (shown) => {
      await compareOutcomes(plan, served)(shown);
      const begun = performance.now();
      await chains.room.run(Priority.Produce, async () => {
        chains.room.go(undefined);
        await checkFollower({ ...inclusion, l1ChainId, machines: moment.machines })(shown);
      });
      check += performance.now() - begun;
    };
    const trial = { dryRun: this.#dryRun, judge };
    const thaw = await chains.freeze();
    let included: BundleReceipts;
    try {
      if (chains.epoch !== moment.epoch) return false;
      this.#isUnsure = true;
      included = await includeInOneBlock(l1, inclusion, inclusions, turns, trial);
      chains.witness(included);
    } finally {
      thaw();
    }
    const milliseconds = performance.now() - start;
    const settled = settle(plan, included, served, { ...timings, post: milliseconds, check });
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
    await this.#note(settled);
    this.#isUnsure = false;
    return true;
  }

  async #note(settled: ReturnType<typeof settle>): Promise<void> {
    const { queue, emit } = this.#options;
    const waiting = settled.flatMap(({ transaction, ...rest }) => ("status" in rest ? [] : [transaction]));
    if (waiting.length > 0) {
      const reason = "its turn did not come: another batch came first, or the node did not take it";
      queue.retrying(waiting, { code: "NOT_INCLUDED", reason });
      emit({ type: "retrying", transactions: waiting.map(({ hash }) => hash), reason });
    }
    for (const { transaction, status } of settled) {
      if (status === undefined) {
        if (this.#hold(transaction) < MAX_FAULTS) continue;
        const why = `L1 did not include it in ${MAX_FAULTS} blocks`;
        await this.#fail(transaction, { code: "NOT_INCLUDED", reason: why });
        continue;
      }
      this.#held.delete(transaction.hash);
      await queue.finish(transaction, status);
      if (status.state === "failed") emit({ ...status, type: "failed", transaction: transaction.hash });
    }
  }

  /** Something went wrong with these. */
  async #meet(error: unknown, batch: readonly AcceptedTransaction[], signal: AbortSignal): Promise<void> {
    const { l1, queue, emit } = this.#options;
    const finding = findingOf(error, l1.transport.url ?? "L1");
    if (finding.kind === "overtaken") {
      await sleep(5 + 20 * Math.random(), undefined, { signal }).catch(() => undefined);
      return;
    }
    if (error instanceof DryRunMismatchError) this.#report(error);
    if (error instanceof SelfCheckError) this.#reportFault(error);
    if (finding.kind !== "trouble" && batch.length > 0) {
      try {
        // Whatever it was, what is on L1 by now needs no verdict.
        await this.#lookAtL1();
        await this.#judge(finding, error, batch);
        return;
      } catch (other) {
        await this.#meet(other, batch, signal);
        return;
      }
    }
    const { code, reason } = finding.kind === "verdict" ? told(finding.error) : finding;
    this.#trouble = { code, reason, since: this.#trouble?.since ?? Date.now() };
    const waiting = batch.filter(({ hash }) => queue.get(hash) !== undefined);
    queue.retrying(waiting, { code, reason });
    emit({ type: "retrying", transactions: waiting.map(({ hash }) => hash), reason: `${code}: ${reason}` });
    // Parts of a batch are in an order, of which one has just failed.
    this.#parts = [];
    await sleep(this.#backOff.next(), undefined, { signal }).catch(() => undefined);
  }

  async #judge(
    finding: Exclude<ReturnType<typeof findingOf>, { kind: "trouble" | "overtaken" }>,
    error: unknown,
    batch: readonly AcceptedTransaction[],
  ): Promise<void> {
    const { queue, chains, emit } = this.#options;
    const waiting = batch.filter(({ hash }) => queue.get(hash) !== undefined);
    const [first, ...others] = waiting;
    if (first === undefined) return;
    const culprit = this.#culprit(error, waiting);
    if (culprit !== undefined && finding.kind === "verdict") {
      if (await this.#isDoubtful(culprit)) return;
      await this.#fail(culprit, told(finding.error));
      this.#parts.push(waiting.filter((transaction) => transaction !== culprit));
      return;
    }
    if (others.length > 0) {
      const half = Math.ceil(waiting.length / 2);
      this.#parts.push(waiting.slice(half), waiting.slice(0, half));
      return;
    }
    if (finding.kind === "verdict") {
      if (!(await this.#isDoubtful(first))) await this.#fail(first, told(finding.error));
      return;
    }
    const { code, reason } = finding;
    queue.retrying([first], { code, reason });
    if (this.#hold(first) >= MAX_FAULTS) await this.#fail(first, { code, reason });
    else emit({ type: "retrying", transactions: [first.hash], reason: `${code}: ${reason}` });
    await chains.readAnew();
  }

  /** Whether the verdict was made on remembered state, on a node that does not tell when that changes. */
  async #isDoubtful({ hash }: AcceptedTransaction): Promise<boolean> {
    const { chains } = this.#options;
    const { head } = await chains.look();
    if (head.stateRoot !== undefined || this.#doubted.has(hash)) return false;
    this.#doubted.add(hash);
    await chains.readAnew();
    return true;
  }

  /** The transaction that comes out differently on the node, or for a follower, if that is what happened. */
  #culprit(error: unknown, waiting: readonly AcceptedTransaction[]): AcceptedTransaction | undefined {
    if (!(error instanceof DryRunMismatchError) && !(error instanceof SelfCheckError)) return undefined;
    return waiting.find(({ hash }) => hash === error.transaction);
  }

  /** It cannot be included, by the simulation. */
  async #refuse(transaction: AcceptedTransaction, failure: LockstepError): Promise<void> {
    const { queue } = this.#options;
    if (WAITING_HELPS.includes(failure.code)) {
      const { code, message: reason } = failure;
      queue.retrying([transaction], { code, reason });
      this.#hold(transaction);
      return;
    }
    await this.#fail(transaction, told(failure));
  }

  async #fail(transaction: AcceptedTransaction, verdict: Verdict): Promise<void> {
    const { queue, emit } = this.#options;
    this.#held.delete(transaction.hash);
    this.#doubted.delete(transaction.hash);
    if (queue.get(transaction.hash) === undefined) return;
    await queue.finish(transaction, { state: "failed", ...verdict });
    const { code, reason } = verdict;
    emit({ type: "failed", transaction: transaction.hash, code, reason });
  }

  #calm(): void {
    this.#trouble = undefined;
    this.#backOff.reset();
  }

  #report({ transaction, simulated, node }: DryRunMismatchError): void {
    this.#options.emit({
      type: "mismatch",
      ...(transaction === undefined ? {} : { transaction }),
      simulated: toldOf(simulated),
      node: toldOf(node),
    });
  }

  #reportFault({ fault, transaction }: SelfCheckError): void {
    const about = transaction === undefined ? {} : { transaction };
    this.#options.emit({ type: "selfCheckFailed", ...about, ...fault });
  }
}

/** What may be otherwise in the next block. */
const WAITING_HELPS: readonly ErrorCode[] = ["FEE_TOO_LOW"];

interface Verdict {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly data?: Hex;
}

function told({ code, message, ...rest }: LockstepError): Verdict {
  return { code, reason: message, ...("data" in rest && isHex(rest.data) ? { data: rest.data } : {}) };
}

function toldOf({ success, data, failure, trace }: SeenOutcome): OutcomeReport {
  return { success, data, ...(failure === undefined ? {} : { failure }), trace: frameLines(trace) };
}

/** Nothing has happened on L1 since, and its clock stands about where it did. */
function isSame(before: HeldChains, now: HeldChains): boolean {
  return before.epoch === now.epoch && now.head.next.timestamp - before.head.next.timestamp <= LATEST;
}
