import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { UnrecoverableError, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { Artefacts } from "../circuits/artefacts.ts";
import { LockstepError } from "../../protocol/errors.ts";
import { fieldElement } from "../../protocol/ids.ts";
import type { CircuitInput } from "../circuit-job.ts";
import { ProofFailedError, WrongCommitmentError } from "../errors.ts";
import { nameOfKey, readVerificationKey } from "../load-circuit.ts";
import type { UnverifiedProof } from "../backends/backend.ts";
import type { ProveOptions, Prover } from "../prover.ts";
import { connectRedis, isRefusal, RedisRefusedError } from "./connection.ts";
import { KeptTraces } from "./kept-traces.ts";
import {
  AHEAD,
  CARD_EXPIRES_MS,
  cancelChannel,
  decodeInput,
  encodeCommitmentMessage,
  encodeProofMessage,
  GONE,
  HEARTBEAT_MS,
  inputKey,
  type Job,
  jobData,
  MISCOMMITTED,
  queueName,
  REFUSED,
  WORKER_FORMAT,
  type WorkerCard,
  workerKey,
  WORKERS_KEY,
} from "./messages.ts";

export interface ProverWorkerOptions {
  readonly url: string;
  /** Makes the proofs; stays the caller's. */
  readonly prover: Prover;
  /** Proofs that it makes at the same time. */
  readonly slots: number;
  readonly circuits: Iterable<Artefacts>;
  /** Milliseconds per constraint, if measured. */
  readonly rate?: number;
  /**
   * Called with each job that ended, and the milliseconds that its witness and its proof, or its commitment,
   * took, if they were made.
   */
  readonly listener?: (event: { circuit: string; milliseconds: number; failure?: string }) => void;
  /**
   * Called when Redis begins to refuse what the worker has to do, with the reason, and once more for
   * another.
   */
  readonly onRefused?: (error: RedisRefusedError) => void;
}

/** A job of a worker's whose input is gone. */
class UnusableJobError extends LockstepError {
  constructor(reason: string) {
    super("UNUSABLE_JOB", reason);
  }
}

/** What a worker answers, and how long it took. */
interface Answer {
  readonly text: string;
  readonly milliseconds: number;
}

/**
 * Takes jobs from Redis for as long as it lives: computes the witness, proves, answers. It registers under an
 * id of its own and falls out of use when it no longer renews that.
 */
export class ProverWorker implements AsyncDisposable {
  readonly id: string;
  readonly #options: ProverWorkerOptions;
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  /** BullMQ's; it closes only those that it opens itself. */
  readonly #queue: Redis;
  readonly #card: WorkerCard;
  readonly #worker: Worker;
  readonly #running = new Map<string, AbortController>();
  readonly #traces = new KeptTraces();
  readonly #heartbeat: NodeJS.Timeout;
  /** Jobs so far. */
  #received = 0;
  #lastRefusal: string | undefined;

  private constructor(options: ProverWorkerOptions, redis: Redis, card: WorkerCard) {
    this.id = card.id;
    this.#options = options;
    this.#redis = redis;
    this.#card = card;
    this.#subscriber = redis.duplicate();
    this.#subscriber.on("error", () => undefined);
    this.#subscriber.on("message", (_channel: string, job: string) => this.#running.get(job)?.abort());
    this.#queue = redis.duplicate();
    this.#queue.on("error", () => undefined);
    this.#worker = new Worker(
      queueName(card.id),
      async ({ id, data }: { id?: string; data: unknown }) => await this.#perform(id ?? "", data),
      {
        connection: this.#queue,
        concurrency: card.slots + card.ahead,
        // The builder gives a lost job to another backend.
        maxStalledCount: 0,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    this.#worker.on("error", (error: unknown) => this.#refused(error));
    this.#heartbeat = setInterval(() => void this.#sendHeartbeat(), HEARTBEAT_MS);
  }

  /** @throws {RedisUnreachableError}, `KEY_CORRUPT`. */
  static async start(options: ProverWorkerOptions): Promise<ProverWorker> {
    const circuits: Record<string, string> = {};
    for (const artefacts of options.circuits)
      circuits[artefacts.instance] = nameOfKey(await readVerificationKey(artefacts));
    const { slots, rate } = options;
    const host = hostname()
      .replaceAll(/[^\w.-]/g, "-")
      .slice(0, 60);
    const id = `${host}-${process.pid}-${randomBytes(3).toString("hex")}`;
    const redis = await connectRedis(options.url);
    const card: WorkerCard = {
      format: WORKER_FORMAT,
      id,
      slots,
      ahead: AHEAD,
      circuits,
      ...(rate === undefined ? {} : { rate }),
    };
    const worker = new ProverWorker(options, redis, card);
    await worker.#subscriber.subscribe(cancelChannel(id));
    await worker.#worker.waitUntilReady();
    await worker.#sendHeartbeat();
    return worker;
  }

  /** Gives up what it is doing and signs off. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#redis.del(workerKey(this.id)).catch(() => undefined);
    for (const job of this.#running.values()) job.abort();
    await this.#worker.close(true).catch(() => undefined);
    this.#subscriber.disconnect();
    this.#queue.disconnect();
    this.#redis.disconnect();
  }

  /** Tells of what will not pass by itself. */
  #refused(error: unknown): void {
    if (!isRefusal(error) || error.message === this.#lastRefusal) return;
    this.#lastRefusal = error.message;
    this.#options.onRefused?.(new RedisRefusedError(this.#options.url, error));
  }

  async #sendHeartbeat(): Promise<void> {
    try {
      await this.#redis.set(workerKey(this.id), JSON.stringify(this.#card), "PX", CARD_EXPIRES_MS);
      await this.#redis.sadd(WORKERS_KEY, this.id);
      this.#lastRefusal = undefined;
    } catch (error) {
      // Redis is away: the next beat finds it again, or this worker counts as gone.
      this.#refused(error);
    }
  }

  async #perform(id: string, data: unknown): Promise<string> {
    const job = jobData.parse(data);
    const { circuit } = job;
    const abort = new AbortController();
    this.#running.set(id, abort);
    let failure: string | undefined;
    let milliseconds = 0;
    try {
      // In the order in which they came: the builder has put the urgent ones first.
      const answer = await this.#answer(job, { signal: abort.signal, priority: this.#received++ });
      milliseconds = answer.milliseconds;
      return answer.text;
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      throw new UnrecoverableError(`${abort.signal.aborted ? "" : prefixOf(error)}${failure}`);
    } finally {
      this.#running.delete(id);
      this.#options.listener?.({ circuit, milliseconds, ...(failure === undefined ? {} : { failure }) });
    }
  }

  async #answer(job: Job, given: ProveOptions): Promise<Answer> {
    const { prover } = this.#options;
    const { circuit } = job;
    if (job.do === "commit") {
      const made = await prover.commit({ circuit, trace: await this.#trace(job.trace) }, given);
      return { text: encodeCommitmentMessage(made), milliseconds: made.commitMilliseconds };
    }
    const { input } = await this.#fetch(job.input);
    if (job.do === "prove") {
      const commitment = fieldElement(job.commitment);
      const made = await prover.prove({ circuit, input, commitment }, given);
      const { commitment: first, challenge, evaluation } = made.publicInputs;
      return answerOf({ ...made, publicSignals: [first, challenge, evaluation] });
    }
    const trace = await this.#trace(job.trace);
    const commitment = { d: job.d, backend: "", commitMilliseconds: 0 };
    const made = await prover.proveCommitted({ circuit, trace, drawn: input, commitment }, given);
    this.#traces.drop(job.trace);
    const { a, b, c } = made.proof;
    return answerOf({ ...made, proof: { a, b, c } });
  }

  /** A trace that is kept, or is from now on. */
  async #trace(id: string): Promise<CircuitInput> {
    const kept = this.#traces.get(id);
    if (kept !== undefined) return kept;
    const { input, size } = await this.#fetch(id);
    this.#traces.keep(id, input, size);
    return input;
  }

  /** An input from Redis, and its size there. */
  async #fetch(id: string): Promise<{ readonly input: CircuitInput; readonly size: number }> {
    const text = await this.#redis.get(inputKey(id));
    if (text === null) throw new UnusableJobError("the job's input is gone");
    return { input: decodeInput(text), size: text.length };
  }
}

function answerOf({
  proof,
  publicSignals,
  witnessMilliseconds,
  proveMilliseconds,
}: Required<UnverifiedProof>): Answer {
  const text = encodeProofMessage({ proof, publicSignals, witnessMilliseconds, proveMilliseconds });
  return { text, milliseconds: witnessMilliseconds + proveMilliseconds };
}

/** What a builder has to know of an error. */
function prefixOf(error: unknown): string {
  if (error instanceof UnusableJobError) return GONE;
  if (error instanceof WrongCommitmentError) return MISCOMMITTED;
  return error instanceof ProofFailedError ? REFUSED : "";
}
