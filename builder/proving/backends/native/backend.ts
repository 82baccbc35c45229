import { BackendFailedError } from "../../errors.ts";
import { checkedProvingKeys } from "../../load-circuit.ts";
import type { Backend, BackendKind, BackendOptions, UnverifiedProof, WitnessJob } from "../backend.ts";
import { findWorker, type NativeWorker, prepareWorker } from "./build.ts";
import { WorkerProcess } from "./worker-process.ts";

const NOT_BUILT =
  "it has not been built. `npm run provers` builds it, or says what this machine lacks for that";

/** Proves by a worker of this kind, which the project builds. */
export function nativeBackend(worker: NativeWorker): BackendKind {
  const { name } = worker;
  return {
    name,
    unavailableReason: async () => ((await findWorker(worker)) === undefined ? NOT_BUILT : undefined),
    prepareBuild: (options) => prepareWorker(worker, options),
    async open(options) {
      const program = await findWorker(worker);
      if (program === undefined) throw new BackendFailedError(name, NOT_BUILT);
      return openNative(name, program, options);
    },
  };
}

/**
 * A process for each circuit, started for its first proof, that holds the key. One that died is replaced for
 * the next proof.
 * @param program what `buildWorker` made.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function openNative(
  name: string,
  program: string,
  { circuits, threads }: BackendOptions,
): Promise<Backend> {
  const keys = await checkedProvingKeys(circuits);
  const processes = new Map<string, WorkerProcess>();
  let isClosed = false;

  function processFor(circuit: string): WorkerProcess {
    const running = processes.get(circuit);
    if (running?.isAlive === true) return running;
    const paths = keys.get(circuit);
    if (paths === undefined) throw new RangeError(`no proving key of ${circuit}`);
    const { zkey, commitmentKey } = paths;
    const given = [zkey, String(threads), ...(commitmentKey === undefined ? [] : [commitmentKey])];
    const started = new WorkerProcess(program, given);
    processes.set(circuit, started);
    return started;
  }

  async function answerOf<T>(circuit: string, ask: (process: WorkerProcess) => Promise<T>): Promise<T> {
    if (isClosed) throw new BackendFailedError(name, "it was closed");
    try {
      return await ask(processFor(circuit));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BackendFailedError(name, reason, { cause });
    }
  }

  async function prove({ circuit, witness }: WitnessJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const content = await witness();
    return await answerOf(circuit, (process) => process.prove(content, signal));
  }

  return {
    name,
    // One proof uses all threads.
    slots: 1,
    circuits: new Set(keys.keys()),
    prove,
    commit: ({ circuit, values }, signal) => answerOf(circuit, (process) => process.commit(values(), signal)),
    proveCommitted: prove,
    async close() {
      isClosed = true;
      await Promise.all([...processes.values()].map((each) => each.kill()));
    },
  };
}
