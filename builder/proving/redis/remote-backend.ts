import { randomUUID } from "node:crypto";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import type { Backend, BackendJob, UnverifiedProof } from "../backends/backend.ts";
import { BackendFailedError } from "../errors.ts";
import {
  cancelChannel,
  encodeInput,
  INPUT_EXPIRES_S,
  inputKey,
  proofMessage,
  queueName,
  type WorkerCard,
} from "./messages.ts";

/** What a worker calls its error when the circuit refused the input. */
export const REFUSED = "REFUSED: ";

/**
 * One worker on any machine, as a backend of the pool. It has a queue of its own, so that a job can go to
 * another worker, and so that one in quarantine gets none.
 */
export class RemoteBackend implements Backend {
  readonly name: string;
  readonly slots: number;
  readonly ahead: number;
  readonly circuits: ReadonlySet<string>;
  readonly measuredRate?: number;
  readonly computesWitness = true;
  readonly #id: string;
  readonly #redis: Redis;
  readonly #queue: Queue;
  /** For commands that block. */
  readonly #blocking: Redis;
  readonly #events: QueueEvents;
  readonly #gone = new AbortController();

  /** @param circuits instances of which the worker has the same keys as this builder. */
  constructor(redis: Redis, { id, slots, ahead, rate }: WorkerCard, circuits: ReadonlySet<string>) {
    this.name = `worker ${id}`;
    this.slots = slots;
    this.ahead = ahead;
    this.circuits = circuits;
    if (rate !== undefined) this.measuredRate = rate;
    this.#id = id;
    this.#redis = redis;
    this.#queue = new Queue(queueName(id), { connection: redis });
    this.#blocking = redis.duplicate({ commandTimeout: undefined });
    this.#blocking.on("error", () => undefined);
    this.#events = new QueueEvents(queueName(id), { connection: this.#blocking });
    // What fails shows where it is waited for.
    this.#queue.on("error", () => undefined);
    this.#events.on("error", () => undefined);
  }

  /** The worker no longer renews its card: whatever it is doing has failed. */
  lose(): void {
    this.#gone.abort(new BackendFailedError(this.name, "it no longer answers"));
  }

  async prove(job: BackendJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const id = randomUUID();
    const stop = AbortSignal.any([signal, this.#gone.signal]);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const onStop = (): void => reject(stop.reason);
    stop.addEventListener("abort", onStop);
    try {
      if (stop.aborted) throw stop.reason;
      return await Promise.race([this.#run(id, job), stopped]);
    } finally {
      stop.removeEventListener("abort", onStop);
      // It is not waited for: Redis may be away.
      if (stop.aborted) this.#cancel(id).catch(() => undefined);
    }
  }

  proveCommitted(): Promise<never> {
    return Promise.reject(new BackendFailedError(this.name, "it makes no proofs with commitments"));
  }

  async #run(id: string, { circuit, input, commitment, witness }: BackendJob): Promise<UnverifiedProof> {
    await this.#events.waitUntilReady();
    await this.#redis.set(inputKey(id), encodeInput(input), "EX", INPUT_EXPIRES_S);
    try {
      const options = { jobId: id, removeOnComplete: true, removeOnFail: true } as const;
      const data = { circuit, commitment: commitment.toString(), input: id };
      const job = await this.#queue.add(circuit, data, options);
      const answer: unknown = await job.waitUntilFinished(this.#events);
      return this.#read(answer);
    } catch (cause) {
      if (cause instanceof BackendFailedError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      // It may be right, and then the circuit refuses the input here as well, or lie.
      if (reason.startsWith(REFUSED)) await witness();
      throw new BackendFailedError(this.name, reason, { cause });
    } finally {
      await this.#redis.del(inputKey(id));
    }
  }

  #read(answer: unknown): UnverifiedProof {
    try {
      return proofMessage.parse(JSON.parse(String(answer)));
    } catch (cause) {
      throw new BackendFailedError(this.name, "its answer is no proof", { cause });
    }
  }

  async #cancel(id: string): Promise<void> {
    await this.#redis.del(inputKey(id));
    await this.#redis.publish(cancelChannel(this.#id), id);
    await this.#queue.remove(id);
  }

  async close(): Promise<void> {
    this.#gone.abort(new BackendFailedError(this.name, "the pool was closed"));
    this.#blocking.disconnect();
    // Without a connection to wait on, this never ends where Redis is away; nothing is left of it all the
    // same.
    void this.#events.close();
    await this.#queue.close().catch(() => undefined);
  }
}
