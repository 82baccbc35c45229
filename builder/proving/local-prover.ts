import { availableParallelism } from "node:os";
import type { Artefacts } from "./circuits/artefacts.ts";
import type { Backend, BackendKind, BackendOptions } from "./backends/backend.ts";
import { executableBackend } from "./backends/executable/index.ts";
import { BACKEND_KINDS } from "./backends/index.ts";
import { NoBackendError } from "./errors.ts";
import type { PoolEvent, TrialEvent } from "./pool/options.ts";
import { ProverPool } from "./pool/pool.ts";
import { Trial } from "./pool/trial.ts";

export interface LocalProverOptions {
  /** The circuits to prove, e.g. the values of what `loadArtefacts` returns. */
  readonly artefacts: Iterable<Artefacts>;
  /** Processors to use; by default all. */
  readonly threads?: number | undefined;
  /**
   * Name of the backend, or path of a program like rapidsnark's `prover`; by default the fastest on this
   * machine's processors, and devices for those circuits for which they turn out faster still.
   */
  readonly backend?: string | undefined;
  readonly listener?: ((event: PoolEvent | TrialEvent) => void) | undefined;
}

/**
 * Proves on this machine. Keys are read and checked here, once. `close()` cancels what is being proven and
 * ends all threads and programs.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`, `UNKNOWN_BACKEND`, `BACKEND_UNAVAILABLE`.
 */
export async function createLocalProver(options: LocalProverOptions): Promise<ProverPool> {
  const { threads = availableParallelism(), listener } = options;
  const circuits = [...options.artefacts];
  const kind = await chooseBackend(options.backend);
  const opened = { circuits, threads };
  const backend = options.backend === undefined ? await kind.open(opened) : await openReady(kind, opened);
  // A device that was asked for by name needs no trial, and beside a program there is none.
  const devices = options.backend === undefined ? await openDevices(opened) : [];
  const pooled = Promise.withResolvers<ProverPool>();
  const constraints = new Map(circuits.map((each) => [each.instance, each.constraints]));
  const onFaster = (challenger: Backend): void => void pooled.promise.then((pool) => pool.add(challenger));
  const watched = devices.reduce(
    (incumbent, challenger) => new Trial({ incumbent, challenger, constraints, onFaster, listener }).watched,
    backend,
  );
  try {
    const pool = await ProverPool.open({ circuits, backends: [watched], listener });
    pooled.resolve(pool);
    return pool;
  } catch (error) {
    await watched.close();
    throw error;
  }
}

/**
 * A backend that was asked for by name, ready: what a device compiles the first time on a machine takes
 * longer than a pool waits for a proof. One on trial does it beside what proves.
 * @throws {BackendFailedError} when it cannot get ready; as the kind's `open`.
 */
export async function openReady(kind: BackendKind, options: BackendOptions): Promise<Backend> {
  const backend = await kind.open(options);
  try {
    await backend.prepare?.();
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** The devices that this machine can use unasked. */
async function openDevices(options: BackendOptions): Promise<Backend[]> {
  const devices: Backend[] = [];
  for (const kind of BACKEND_KINDS) {
    if (kind.isDevice !== true || kind.onlyByName === true) continue;
    if ((await kind.unavailableReason()) === undefined) devices.push(await kind.open(options));
  }
  return devices;
}

/**
 * The backend of this name, or the first that this machine can run. A name with a slash is a program's path.
 * @throws {NoBackendError}
 */
export async function chooseBackend(name?: string): Promise<BackendKind> {
  if (name === undefined) {
    for (const kind of BACKEND_KINDS)
      if (
        kind.isDevice !== true &&
        kind.onlyByName !== true &&
        (await kind.unavailableReason()) === undefined
      )
        return kind;
    throw new NoBackendError("BACKEND_UNAVAILABLE", "this machine has no way to prove");
  }
  const kind = name.includes("/")
    ? executableBackend(name)
    : BACKEND_KINDS.find((each) => each.name === name);
  const names = BACKEND_KINDS.map((each) => each.name).join(", ");
  if (kind === undefined)
    throw new NoBackendError(
      "UNKNOWN_BACKEND",
      `there is no prover "${name}", only ${names}, and programs by path`,
    );
  const reason = await kind.unavailableReason();
  if (reason !== undefined)
    throw new NoBackendError("BACKEND_UNAVAILABLE", `the prover "${name}" cannot run here: ${reason}`);
  return kind;
}
