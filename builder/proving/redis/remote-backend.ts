import { randomUUID } from "node:crypto";
import { Queue, QueueEvents } from "bullmq";
import type { Redis } from "ioredis";
import type { z } from "zod";
import type {
  Backend,
  BackendJob,
  CommitmentJob,
  CommittedBackendJob,
  UnverifiedCommitment,
  UnverifiedProof,
} from "../backends/backend.ts";
import type { CircuitInput } from "../circuit-job.ts";
import { BackendFailedError } from "../errors.ts";
import {
  cancelChannel,
  commitmentMessage,
  encodeInput,
  GONE,
  INPUT_EXPIRES_S,
  inputKey,
  MISCOMMITTED,
  proofMessage,
  type QueuedJob,
  queueName,
  REFUSED,
  type WorkerCard,
} from "./messages.ts";

/** What a worker is asked for. */
interface Order<Answer> {
  readonly data: QueuedJob;
  /** Those that the data refer to and the worker does not keep, by id. */
  readonly inputs: ReadonlyMap<string, CircuitInput>;
  readonly answer: z.ZodType<Answer>;
}

/** What the worker said is wrong, with one of the prefixes of `messages.ts` where it knows. */
class WorkerRefusedError extends BackendFailedError {
  readonly said: string;

  constructor(backend: string, said: string, options: { cause: unknown }) {
    super(backend, said, options);
    this.said = said;
  }
}

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
  /** Ids of the traces that the worker keeps, as far as it has not dropped them. */
  readonly #kept = new WeakMap<CircuitInput, string>();

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
    const { circuit, input, commitment } = job;
    const id = randomUUID();
    const data = { do: "prove", circuit, commitment: commitment.toString(), input: id } as const;
    const inputs = new Map([[id, input]]);
    return await this.#believing(job, this.#do({ data, inputs, answer: proofMessage }, signal));
  }

  async commit({ circuit, trace }: CommitmentJob, signal: AbortSignal): Promise<UnverifiedCommitment> {
    const id = randomUUID();
    const data = { do: "commit", circuit, trace: id } as const;
    const inputs = new Map([[id, trace]]);
    const made = await this.#do({ data, inputs, answer: commitmentMessage }, signal);
    this.#kept.set(trace, id);
    return made;
  }

  async proveCommitted(job: CommittedBackendJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const { circuit, trace, drawn, d } = job;
    const order = (kept: string | undefined): Order<UnverifiedProof> => {
      const [id, traceId] = [randomUUID(), kept ?? randomUUID()];
      const [x, y] = d;
      const inputs = new Map<string, CircuitInput>([[id, drawn]]);
      if (kept === undefined) inputs.set(traceId, trace);
      return {
        data: { do: "prove committed", circuit, trace: traceId, input: id, d: [`${x}`, `${y}`] },
        inputs,
        answer: proofMessage,
      };
    };
    const kept = this.#kept.get(trace);
    try {
      return await this.#believing(job, this.#do(order(kept), signal));
    } catch (error) {
      if (kept === undefined || !says(error, GONE)) throw error;
      this.#kept.delete(trace);
      return await this.#believing(job, this.#do(order(undefined), signal));
    }
  }

  /** What a worker says of the job may be right, and then it shows on this machine as well, or a lie. */
  async #believing<Answer>(job: BackendJob | CommittedBackendJob, answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      if (says(error, REFUSED)) await job.witness();
      if (says(error, MISCOMMITTED) && "assertCommitment" in job) await job.assertCommitment();
      throw error;
    }
  }

  async #do<Answer>(order: Order<Answer>, signal: AbortSignal): Promise<Answer> {
    const id = randomUUID();
    const stop = AbortSignal.any([signal, this.#gone.signal]);
    const { promise: stopped, reject } = Promise.withResolvers<never>();
    const onStop = (): void => reject(stop.reason);
    stop.addEventListener("abort", onStop);
    try {
      if (stop.aborted) throw stop.reason;
      return await Promise.race([this.#run(id, order), stopped]);
    } finally {
      stop.removeEventListener("abort", onStop);
      // It is not waited for: Redis may be away.
      if (stop.aborted) this.#cancel(id, order).catch(() => undefined);
    }
  }

  async #run<Answer>(id: string, order: Order<Answer>): Promise<Answer> {
    await this.#events.waitUntilReady();
    for (const [name, input] of order.inputs)
      await this.#redis.set(inputKey(name), encodeInput(input), "EX", INPUT_EXPIRES_S);
    try {
      const options = { jobId: id, removeOnComplete: true, removeOnFail: true } as const;
      const job = await this.#queue.add(order.data.circuit, order.data, options);
      const answer: unknown = await job.waitUntilFinished(this.#events);
      return this.#read(answer, order.answer);
    } catch (cause) {
      if (cause instanceof BackendFailedError) throw cause;
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new WorkerRefusedError(this.name, said, { cause });
    } finally {
      await this.#forget(order);
    }
  }

  #read<Answer>(answer: unknown, schema: z.ZodType<Answer>): Answer {
    try {
      return schema.parse(JSON.parse(String(answer)));
    } catch (cause) {
      throw new BackendFailedError(this.name, "its answer is malformed", { cause });
    }
  }

  async #cancel(id: string, order: Order<unknown>): Promise<void> {
    await this.#forget(order);
    await this.#redis.publish(cancelChannel(this.#id), id);
    await this.#queue.remove(id);
  }

  async #forget({ inputs }: Order<unknown>): Promise<void> {
    await this.#redis.del(...[...inputs.keys()].map(inputKey));
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

function says(error: unknown, what: string): boolean {
  return error instanceof WorkerRefusedError && error.said.startsWith(what);
}
