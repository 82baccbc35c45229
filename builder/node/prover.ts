import type { Logger } from "pino";
import type { Artefacts } from "../proving/circuits/artefacts.ts";
import { createLocalProver } from "../proving/local-prover.ts";
import type { PoolEvent, TrialEvent } from "../proving/pool/options.ts";
import type { ProverPool } from "../proving/pool/pool.ts";
import type { IgnoredWorker } from "../proving/redis/directory.ts";

export interface ProverOptions {
  readonly circuits: Iterable<Artefacts>;
  /** URL of a Redis or Valkey where prover workers register; without it, only this machine proves. */
  readonly redis?: string | undefined;
  /** As `createLocalProver` takes it: a backend's name or a program's path. */
  readonly backend?: string | undefined;
  readonly log?: Logger | undefined;
}

/** This machine's prover and, with Redis, the workers that join. */
export interface OpenProver extends AsyncDisposable {
  readonly pool: ProverPool;
}

/**
 * @throws `REDIS_UNREACHABLE`, and what `createLocalProver` throws.
 * @example
 * ```ts
 * import { prepareCircuits } from "./builder/node/artefacts.ts";
 * import { openProver } from "./builder/node/prover.ts";
 *
 * const circuits = await prepareCircuits();
 * const artefacts = [...circuits.values()].map((circuit) => circuit.artefacts);
 * await using prover = await openProver({ circuits: artefacts, redis: "redis://127.0.0.1:6379" });
 * ```
 */
export async function openProver({ circuits, redis, backend, log }: ProverOptions): Promise<OpenProver> {
  await using cleanup = new AsyncDisposableStack();
  const artefacts = [...circuits];
  const listener = (event: PoolEvent | TrialEvent): void => {
    if (event.type === "quarantined") log?.error(event, "a prover made a wrong proof and gets no more jobs");
    else if (event.type === "retried") log?.warn(event, "a prover failed; its job goes to another one");
    else if (event.type === "trialFailed")
      log?.warn(event, "a device cannot prove this circuit, and gets none");
    else if (event.type === "tried")
      log?.info(
        event,
        event.isFaster ? "a device is faster and takes part" : "a device is slower and gets none",
      );
    else log?.info(event, `a prover ${event.type}`);
  };
  const pool = await createLocalProver({ artefacts, listener, backend });
  cleanup.defer(() => pool.close());
  if (redis !== undefined) {
    const { WorkerDirectory } = await import("../proving/redis/directory.ts");
    const onIgnored = (event: IgnoredWorker): void => log?.warn(event, "a prover worker gets no jobs");
    cleanup.use(await WorkerDirectory.open({ url: redis, pool, circuits: artefacts, onIgnored }));
  }
  const resources = cleanup.move();
  return { pool, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
