import { availableParallelism } from "node:os";
import type { Artefacts } from "./circuits/artefacts.ts";
import type { BackendKind } from "./backends/backend.ts";
import { executableBackend } from "./backends/executable/index.ts";
import { BACKEND_KINDS } from "./backends/index.ts";
import { NoBackendError } from "./errors.ts";
import type { PoolEvent } from "./pool/options.ts";
import { ProverPool } from "./pool/pool.ts";

export interface LocalProverOptions {
  /** The circuits to prove, e.g. the values of what `loadArtefacts` returns. */
  readonly artefacts: Iterable<Artefacts>;
  /** Processors to use; by default all. */
  readonly threads?: number | undefined;
  /**
   * Name of the backend, or path of a program like rapidsnark's `prover`; by default the fastest that this
   * machine has.
   */
  readonly backend?: string | undefined;
  readonly listener?: ((event: PoolEvent) => void) | undefined;
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
  const backend = await kind.open({ circuits, threads });
  try {
    return await ProverPool.open({ circuits, backends: [backend], listener });
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/**
 * The backend of this name, or the first that this machine can run. A name with a slash is a program's path.
 * @throws {NoBackendError}
 */
export async function chooseBackend(name?: string): Promise<BackendKind> {
  if (name === undefined) {
    for (const kind of BACKEND_KINDS) if ((await kind.unavailableReason()) === undefined) return kind;
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
