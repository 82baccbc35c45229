import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { compileCurve } from "../../keys/curve-module.ts";
import { BackendFailedError } from "../../errors.ts";
import type { CommitmentKey } from "../../keys/commitment-key.ts";
import { loadCommitmentKey, loadProvingKey } from "../../load-circuit.ts";
import type { Backend, BackendKind, BackendOptions, UnverifiedProof, WitnessJob } from "../backend.ts";
import type { ProveAnswer, ProveTask, ProveThreadData } from "./prove-thread.ts";
import { MODULE_THREADS } from "../../../places/module-threads.ts";

const NAME = "snarkjs";

export interface SnarkjsOptions extends BackendOptions {
  /** Proofs made at the same time; by default as {@link parallelProofs} says. */
  readonly parallel?: number;
  /** @internal The threads' code, for tests of threads that die. */
  readonly thread?: URL;
}

/** With few processors all work on one proof: the first result comes sooner and the last one no later. */
export function parallelProofs(threads: number): number {
  return Math.max(1, Math.floor(threads / 4));
}

/**
 * Groth16 in WebAssembly on snarkjs' engine, ffjavascript, in worker threads of this process: works
 * everywhere. Keys are read once and shared by all threads; of snarkjs' own prover it spares what
 * docs/architecture.md lists.
 */
export const snarkjsBackend: BackendKind = {
  name: NAME,
  unavailableReason: async () => undefined,
  open: openSnarkjs,
};

/** @throws `KEY_CORRUPT`, `WRONG_KEY`. */
export async function openSnarkjs(options: SnarkjsOptions): Promise<Backend> {
  const threads = Math.max(1, options.threads);
  const slots = options.parallel ?? parallelProofs(threads);
  const provingKeys = new Map<string, Uint8Array<SharedArrayBuffer>>();
  const commitmentKeys = new Map<string, CommitmentKey>();
  for (const artefacts of options.circuits) {
    provingKeys.set(artefacts.instance, await loadProvingKey(artefacts));
    const commitmentKey = await loadCommitmentKey(artefacts);
    if (commitmentKey !== undefined) commitmentKeys.set(artefacts.instance, commitmentKey);
  }
  const workerData: ProveThreadData = {
    provingKeys,
    commitmentKeys,
    threadsPerProof: Math.max(1, Math.floor(threads / slots)),
    module: await compileCurve(),
  };
  const pool = new Piscina<ProveTask, ProveAnswer>({
    ...MODULE_THREADS,
    filename: fileURLToPath(options.thread ?? new URL("./prove-thread.ts", import.meta.url)),
    minThreads: slots,
    maxThreads: slots,
    workerData,
    // Piscina would block an idle thread's event loop, which the threads it started itself need.
    atomics: "disabled",
  });
  // A thread that dies while idle is replaced; one that dies at work fails its job.
  pool.on("error", () => undefined);

  async function run(task: ProveTask, signal: AbortSignal): Promise<ProveAnswer> {
    try {
      return await pool.run(task, { signal });
    } catch (cause) {
      throw new BackendFailedError(NAME, "its thread died", { cause });
    }
  }

  async function prove({ circuit, witness }: WitnessJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const answer = await run({ do: "prove", circuit, witness: await witness() }, signal);
    if (answer.kind !== "proof") throw new TypeError("another task's answer");
    return answer;
  }

  return {
    name: NAME,
    slots,
    circuits: new Set(provingKeys.keys()),
    prove,
    async commit({ circuit, values }, signal) {
      const answer = await run({ do: "commit", circuit, values: values() }, signal);
      if (answer.kind !== "commitment") throw new TypeError("another task's answer");
      return answer;
    },
    proveCommitted: prove,
    close: () => pool.destroy(),
  };
}
