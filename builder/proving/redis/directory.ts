import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Artefacts } from "../circuits/artefacts.ts";
import { formatOf } from "../../protocol/format.ts";
import { nameOfKey, readVerificationKey } from "../load-circuit.ts";
import type { ProverPool } from "../pool/pool.ts";
import { connectRedis } from "./connection.ts";
import { WORKER_FORMAT, workerCard, type WorkerCard, workerKey, WORKERS_KEY } from "./messages.ts";
import { RemoteBackend } from "./remote-backend.ts";

/** Milliseconds between looks at who is there. */
const LOOK_MS = 500;
/** Milliseconds after which Redis counts as away. */
const ANSWER_MS = 5_000;

/** A worker that is there and gets no jobs. Told once, as long as it is there. */
export interface IgnoredWorker {
  readonly worker: string;
  readonly reason: string;
}

export interface WorkerDirectoryOptions {
  readonly url: string;
  readonly pool: ProverPool;
  /** The builder's circuits: workers with other keys are of no use to it. */
  readonly circuits: Iterable<Artefacts>;
  readonly onIgnored?: (event: IgnoredWorker) => void;
}

/**
 * Keeps the workers that are registered in Redis in a pool: those that come join it, those that fall silent
 * leave.
 */
export class WorkerDirectory implements AsyncDisposable {
  readonly #redis: Redis;
  readonly #pool: ProverPool;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #onIgnored: ((event: IgnoredWorker) => void) | undefined;
  readonly #backends = new Map<string, RemoteBackend>();
  readonly #ignored = new Set<string>();
  readonly #stop = new AbortController();
  readonly #looking: Promise<void>;

  private constructor(
    redis: Redis,
    { pool, onIgnored }: WorkerDirectoryOptions,
    keys: ReadonlyMap<string, string>,
  ) {
    this.#redis = redis;
    this.#pool = pool;
    this.#keys = keys;
    this.#onIgnored = onIgnored;
    this.#looking = this.#watch();
  }

  /** @throws {RedisUnreachableError}, `KEY_CORRUPT`. */
  static async open(options: WorkerDirectoryOptions): Promise<WorkerDirectory> {
    const keys = new Map<string, string>();
    for (const artefacts of options.circuits)
      keys.set(artefacts.instance, nameOfKey(await readVerificationKey(artefacts)));
    return new WorkerDirectory(await connectRedis(options.url, ANSWER_MS), options, keys);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    // First of all: what waits for a Redis that is away would wait forever.
    this.#redis.disconnect();
    await this.#looking;
    await this.#removeAll();
  }

  async #removeAll(): Promise<void> {
    await Promise.all([...this.#backends.keys()].map((id) => this.#removeWorker(id)));
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // While Redis is away, its workers are.
      await this.#refresh().catch(() => this.#removeAll());
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #refresh(): Promise<void> {
    const ids = await this.#redis.smembers(WORKERS_KEY);
    const cards = ids.length === 0 ? [] : await this.#redis.mget(ids.map(workerKey));
    const present = new Set<string>();
    for (const [index, id] of ids.entries()) {
      const text = cards[index] ?? undefined;
      if (text === undefined) {
        await this.#redis.srem(WORKERS_KEY, id);
        continue;
      }
      present.add(id);
      if (this.#backends.has(id) || this.#ignored.has(id)) continue;
      const card = readCard(text);
      if (card?.id === id) this.#addWorker(card);
      else this.#ignore(id, faultOf(text));
    }
    for (const id of this.#backends.keys()) if (!present.has(id)) await this.#removeWorker(id);
    for (const id of this.#ignored) if (!present.has(id)) this.#ignored.delete(id);
  }

  #ignore(worker: string, reason: string): void {
    this.#ignored.add(worker);
    this.#onIgnored?.({ worker, reason });
  }

  #addWorker(card: WorkerCard): void {
    const shared = [...this.#keys].filter(([circuit, key]) => card.circuits[circuit] === key);
    if (shared.length === 0) {
      const wanted = [...this.#keys.keys()].join(", ");
      this.#ignore(
        card.id,
        `it has other keys than the builder, of each of ${wanted}: they need the same --keys`,
      );
      return;
    }
    const backend = new RemoteBackend(this.#redis, card, new Set(shared.map(([circuit]) => circuit)));
    this.#backends.set(card.id, backend);
    this.#pool.add(backend);
  }

  async #removeWorker(id: string): Promise<void> {
    const backend = this.#backends.get(id);
    if (backend === undefined) return;
    this.#backends.delete(id);
    this.#pool.remove(backend.name);
    backend.lose();
    await backend.close();
  }
}

/** What is wrong with a worker's card. */
function faultOf(text: string): string {
  let found: string | undefined;
  try {
    found = formatOf(text);
  } catch {
    return "its card in Redis cannot be read";
  }
  if (found === WORKER_FORMAT) return "its card in Redis is malformed";
  return (
    `it speaks ${found ?? "a version without a name"}, this builder ${WORKER_FORMAT}: ` +
    "run the same version of Lockstep for both"
  );
}

function readCard(text: string): WorkerCard | undefined {
  try {
    return workerCard.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
