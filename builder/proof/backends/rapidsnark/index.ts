import { BackendFailedError } from "../../errors.ts";
import { checkedProvingKeys } from "../../load-circuit.ts";
import type { Backend, BackendKind, BackendOptions } from "../backend.ts";
import { findWorker } from "./build.ts";
import { WorkerProcess } from "./worker-process.ts";

const NAME = "rapidsnark";
const NOT_BUILT =
  "it has not been built. `npm run provers` builds it, or says what this machine lacks for that";

/**
 * Groth16 in native code, several times as fast as WebAssembly: a process for each circuit, started for its first proof, with the
 * key mapped from its file once. A process that died is replaced for the next proof.
 */
export const rapidsnarkBackend: BackendKind = {
  name: NAME,
  obstacle: async () => ((await findWorker()) === undefined ? NOT_BUILT : undefined),
  async open(options) {
    const binary = await findWorker();
    if (binary === undefined) throw new BackendFailedError(NAME, NOT_BUILT);
    return openRapidsnark(binary, options);
  },
};

/** @param binary what `buildWorker` made. @throws `KEY_CORRUPT`, `WRONG_KEY`. */
export async function openRapidsnark(
  binary: string,
  { circuits, threads }: BackendOptions,
): Promise<Backend> {
  const zkeys = await checkedProvingKeys(circuits);
  const processes = new Map<string, WorkerProcess>();
  let isClosed = false;

  function processFor(circuit: string): WorkerProcess {
    const running = processes.get(circuit);
    if (running?.isAlive === true) return running;
    const zkey = zkeys.get(circuit);
    if (zkey === undefined) throw new RangeError(`no proving key of ${circuit}`);
    const started = new WorkerProcess(binary, zkey, threads);
    processes.set(circuit, started);
    return started;
  }

  return {
    name: NAME,
    // One proof uses all threads.
    slots: 1,
    circuits: new Set(zkeys.keys()),
    async prove({ circuit, witness }, signal) {
      const content = await witness();
      if (isClosed) throw new BackendFailedError(NAME, "it was closed");
      try {
        return await processFor(circuit).prove(content, signal);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new BackendFailedError(NAME, reason, { cause });
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...processes.values()].map((each) => each.kill()));
    },
  };
}
