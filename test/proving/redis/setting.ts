import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import type { PoolEvent, PoolOptions } from "../../../builder/proving/pool/options.ts";
import { ProverPool } from "../../../builder/proving/pool/pool.ts";
import { type IgnoredWorker, WorkerDirectory } from "../../../builder/proving/redis/directory.ts";
import type { Behaviour } from "./behaviours.ts";
import { type RedisServer, startRedis } from "./server.ts";

/** A Redis with workers that prove one circuit, and builders that have nothing else. */
export class RedisSetting implements AsyncDisposable {
  readonly url: string;
  readonly #redis: RedisServer;
  readonly #circuit: string;
  readonly #artefacts: Artefacts;
  readonly #workers: ChildProcess[] = [];

  private constructor(redis: RedisServer, circuit: string, artefacts: Artefacts) {
    this.#redis = redis;
    this.url = redis.url;
    this.#circuit = circuit;
    this.#artefacts = artefacts;
  }

  static async start(circuit: string, artefacts: Artefacts): Promise<RedisSetting> {
    return new RedisSetting(await startRedis(), circuit, artefacts);
  }

  async startWorker(behaviour: Behaviour): Promise<ChildProcess> {
    const file = path.join(import.meta.dirname, "worker.ts");
    const worker = fork(file, [this.url, behaviour, this.#circuit]);
    this.#workers.push(worker);
    await once(worker, "message");
    return worker;
  }

  /** A builder's side. */
  async open(options: Partial<PoolOptions> = {}) {
    const events: PoolEvent[] = [];
    const circuits = [this.#artefacts];
    const pool = await ProverPool.open({
      circuits,
      backends: [],
      joinTimeout: 60_000,
      listener: (event) => events.push(event),
      ...options,
    });
    const ignored: IgnoredWorker[] = [];
    const onIgnored = (event: IgnoredWorker): void => void ignored.push(event);
    const directory = await WorkerDirectory.open({ url: this.url, pool, circuits, onIgnored });
    return {
      pool,
      events,
      ignored,
      seen: (type: PoolEvent["type"]) => events.filter((event) => event.type === type),
      async until(workers: number) {
        while (pool.backends.length !== workers) await new Promise((resolve) => setTimeout(resolve, 50));
      },
      async [Symbol.asyncDispose]() {
        await directory[Symbol.asyncDispose]();
        await pool.close();
      },
    };
  }

  /** Ends Redis alone. */
  async kill(): Promise<void> {
    await this.#redis.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) worker.kill("SIGKILL");
    await this.#redis[Symbol.asyncDispose]();
  }
}
