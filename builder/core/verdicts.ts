import { setTimeout as sleep } from "node:timers/promises";
import { type Hex, isHex } from "viem";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import type { TransactionQueue } from "../intake/queue.ts";
import type { L1Client } from "../l1/client.ts";
import { frameLines } from "../post/dry-run/frame-lines.ts";
import { DryRunMismatchError } from "../post/dry-run/mismatch.ts";
import type { SeenOutcome } from "../post/dry-run/outcome.ts";
import { SelfCheckError } from "../post/self-check.ts";
import type { ErrorCode, LockstepError } from "../protocol/errors.ts";
import type { Chains } from "./chains.ts";
import type { BuilderListener, OutcomeReport } from "./events.ts";
import type { Lane, Lanes } from "./lanes.ts";
import type { Settled } from "./posting.ts";
import { BackOff, findingOf, type Present } from "./trouble.ts";
import type { Waiting } from "./waiting.ts";

export interface VerdictsOptions {
  readonly l1: L1Client;
  readonly chains: Chains;
  readonly queue: TransactionQueue;
  readonly emit: BuilderListener;
  /** For how long a transaction may wait for what another block may bring, milliseconds. */
  readonly lifetime: number;
}

/** How often a transaction is tried that fails for what is not its own fault, but alone. */
const MAX_FAULTS = 5;

/**
 * What becomes of transactions when something goes wrong: only a verdict about itself fails one, trouble of
 * L1, the disk and provers makes it wait.
 */
export class Verdicts {
  readonly #options: VerdictsOptions;
  readonly #waiting: Waiting;
  readonly #lanes: Lanes;
  readonly #lookAtL1: () => Promise<void>;
  readonly #backOff = new BackOff();
  #trouble: Present | undefined;

  /** @param lookAtL1 takes note of what L1 holds by now. */
  constructor(options: VerdictsOptions, waiting: Waiting, lanes: Lanes, lookAtL1: () => Promise<void>) {
    this.#options = options;
    this.#waiting = waiting;
    this.#lanes = lanes;
    this.#lookAtL1 = lookAtL1;
  }

  /** What keeps transactions waiting, if anything does. */
  get trouble(): Present | undefined {
    return this.#trouble ?? this.#lanes.trouble;
  }

  /** Something went well. */
  calm(): void {
    this.#trouble = undefined;
    this.#backOff.reset();
  }

  /** A block was made: these are on L1, or go on waiting. */
  async note(settled: Settled): Promise<void> {
    const { queue, emit } = this.#options;
    const waiting = settled.flatMap(({ transaction, ...rest }) => ("status" in rest ? [] : [transaction]));
    if (waiting.length > 0) {
      const reason = "its turn did not come: another batch came first, or the node did not take it";
      queue.retrying(waiting, { code: "NOT_INCLUDED", reason });
      emit({ type: "retrying", transactions: waiting.map(({ hash }) => hash), reason });
    }
    for (const { transaction, status } of settled) {
      if (status === undefined) {
        if (this.#waiting.hold(transaction) < MAX_FAULTS) continue;
        const why = `L1 did not include it in ${MAX_FAULTS} blocks`;
        await this.#fail(transaction, { code: "NOT_INCLUDED", reason: why });
        continue;
      }
      await queue.finish(transaction, status);
      if (status.state === "failed") emit({ ...status, type: "failed", transaction: transaction.hash });
    }
  }

  /**
   * It cannot be included, by the simulation.
   * @param served that were played before it.
   */
  async refuse(
    transaction: AcceptedTransaction,
    failure: LockstepError,
    own: Lane | undefined,
    served: readonly AcceptedTransaction[],
  ): Promise<void> {
    const { queue, lifetime } = this.#options;
    const { code, message: reason } = failure;
    const isHelped = WAITING_HELPS.includes(code);
    if (isHelped && queue.waitedFor(transaction.hash) < lifetime) {
      queue.retrying([transaction], { code, reason });
      this.#waiting.hold(transaction);
      return;
    }
    // It was played without what others have before it.
    if (this.#lanes.besides(own).length > 0) this.#waiting.defer(transaction);
    else if (this.#isBehind(transaction, served)) queue.retrying([transaction], { code, reason });
    else await this.#fail(transaction, isHelped ? abandoned(failure, lifetime) : told(failure));
  }

  /** Whether its signer has another one before it, which waits and was not played. */
  #isBehind(transaction: AcceptedTransaction, served: readonly AcceptedTransaction[]): boolean {
    const { queue } = this.#options;
    const signer = queue.signerOf(transaction);
    if (signer === undefined) return false;
    const played = new Set(served.map(({ hash }) => hash));
    const own = queue.pendingBy(signer).map(({ hash }) => hash);
    const earlier = own.slice(0, Math.max(0, own.indexOf(transaction.hash)));
    return earlier.some((hash) => !played.has(hash));
  }

  /** Something went wrong with these. */
  async meet(
    error: unknown,
    batch: readonly AcceptedTransaction[],
    signal: AbortSignal,
    lane: Lane | undefined,
  ): Promise<void> {
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
        if (lane !== undefined) this.#lanes.close(lane);
        await this.#judge(finding, error, batch);
        return;
      } catch (other) {
        await this.meet(other, batch, signal, lane);
        return;
      }
    }
    const { code, reason } = finding.kind === "verdict" ? told(finding.error) : finding;
    const waiting = this.#waiting.still(batch);
    queue.retrying(waiting, { code, reason });
    emit({ type: "retrying", transactions: waiting.map(({ hash }) => hash), reason: `${code}: ${reason}` });
    if (lane !== undefined && error === lane.error) {
      // Others go on meanwhile.
      lane.trouble = { code, reason, since: lane.trouble?.since ?? Date.now() };
      lane.rest(lane.backOff.next());
      return;
    }
    this.#trouble = { code, reason, since: this.#trouble?.since ?? Date.now() };
    // Parts of a batch are in an order, of which one has just failed.
    this.#waiting.forgetParts();
    await sleep(this.#backOff.next(), undefined, { signal }).catch(() => undefined);
  }

  async #judge(
    finding: Exclude<ReturnType<typeof findingOf>, { kind: "trouble" | "overtaken" }>,
    error: unknown,
    batch: readonly AcceptedTransaction[],
  ): Promise<void> {
    const { queue, chains, emit } = this.#options;
    const waiting = this.#waiting.still(batch);
    const [first, ...others] = waiting;
    if (first === undefined) return;
    const culprit = this.#culprit(error, waiting);
    if (culprit !== undefined && finding.kind === "verdict") {
      if (await this.#isDoubtful(culprit)) return;
      await this.#fail(culprit, told(finding.error));
      this.#waiting.splitInto([waiting.filter((transaction) => transaction !== culprit)]);
      return;
    }
    if (others.length > 0) {
      const half = Math.ceil(waiting.length / 2);
      this.#waiting.splitInto([waiting.slice(half), waiting.slice(0, half)]);
      return;
    }
    if (finding.kind === "verdict") {
      if (!(await this.#isDoubtful(first))) await this.#fail(first, told(finding.error));
      return;
    }
    const { code, reason } = finding;
    queue.retrying([first], { code, reason });
    if (this.#waiting.hold(first) >= MAX_FAULTS) await this.#fail(first, { code, reason });
    else emit({ type: "retrying", transactions: [first.hash], reason: `${code}: ${reason}` });
    await chains.readAnew();
  }

  /**
   * Whether the verdict says nothing yet: older transactions wait in lanes, without which it was made, or it
   * was made on remembered state, on a node that does not tell when that changes.
   */
  async #isDoubtful(transaction: AcceptedTransaction): Promise<boolean> {
    const { chains } = this.#options;
    if (this.#lanes.size > 0) {
      this.#waiting.defer(transaction);
      return true;
    }
    const { head } = await chains.look();
    if (head.stateRoot !== undefined || !this.#waiting.doubt(transaction)) return false;
    await chains.readAnew();
    return true;
  }

  /** The transaction that comes out differently on the node, or for a follower, if that is what happened. */
  #culprit(error: unknown, waiting: readonly AcceptedTransaction[]): AcceptedTransaction | undefined {
    if (!(error instanceof DryRunMismatchError) && !(error instanceof SelfCheckError)) return undefined;
    return waiting.find(({ hash }) => hash === error.transaction);
  }

  async #fail(transaction: AcceptedTransaction, verdict: Verdict): Promise<void> {
    const { queue, emit } = this.#options;
    if (queue.get(transaction.hash) === undefined) return;
    await queue.finish(transaction, { state: "failed", ...verdict });
    const { code, reason } = verdict;
    emit({ type: "failed", transaction: transaction.hash, code, reason });
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

function abandoned({ code, message }: LockstepError, lifetime: number): Verdict {
  const reason = `it waited for longer than ${lifetime / 1_000} s, because (${code}) ${message}`;
  return { code: "ABANDONED", reason };
}

function told({ code, message, ...rest }: LockstepError): Verdict {
  return { code, reason: message, ...("data" in rest && isHex(rest.data) ? { data: rest.data } : {}) };
}

function toldOf({ success, data, failure, trace }: SeenOutcome): OutcomeReport {
  return { success, data, ...(failure === undefined ? {} : { failure }), trace: frameLines(trace) };
}
