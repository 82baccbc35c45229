import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { Artefacts } from "../artefacts/artefacts.ts";
import { fieldElement } from "../protocol/ids.ts";
import { ProofFailedError, UnprovableCircuitError } from "./errors.ts";
import { loadCircuit } from "./load-circuit.ts";
import type { LoadedCircuit, ProveOutcome, ProveTask, ProveWorkerData } from "./prove-worker.ts";
import type { Prover } from "./prover.ts";

export interface WasmProverOptions {
  /** The circuits to prove, e.g. the values of what `loadArtefacts` returns. */
  readonly artefacts: Iterable<Artefacts>;
  /** Processors to use; by default all. */
  readonly threads?: number;
  /** Proofs made at the same time; by default as {@link parallelProofs} says. */
  readonly parallel?: number;
  /** @internal The threads' code, for tests of threads that die. */
  readonly worker?: URL;
}

/** A job whose thread died is given to another one once: it may have been the machine's fault, not the job's. */
const ATTEMPTS = 2;

/** With few processors all work on one proof: the first result comes sooner and the last one no later. */
export function parallelProofs(threads: number): number {
  return Math.max(1, Math.floor(threads / 4));
}

/**
 * Proves in this process: Groth16 over WebAssembly in worker threads. Keys are read and checked here, once, and shared by all threads.
 * `close()` cancels what is being proven and ends all threads.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function createWasmProver(options: WasmProverOptions): Promise<Prover> {
  const threads = Math.max(1, options.threads ?? availableParallelism());
  const parallel = options.parallel ?? parallelProofs(threads);
  const circuits = new Map<string, LoadedCircuit>();
  for (const artefacts of options.artefacts) circuits.set(artefacts.instance, await loadCircuit(artefacts));
  const workerData: ProveWorkerData = {
    circuits,
    threadsPerProof: Math.max(1, Math.floor(threads / parallel)),
  };
  const pool = new Piscina<ProveTask, ProveOutcome>({
    filename: fileURLToPath(options.worker ?? new URL("./prove-worker.ts", import.meta.url)),
    minThreads: parallel,
    maxThreads: parallel,
    workerData,
    // Piscina would block an idle thread's event loop, which the threads it started itself need.
    atomics: "disabled",
  });
  // A thread that dies while idle is replaced; one that dies at work fails its job.
  pool.on("error", () => undefined);

  async function attempt(task: ProveTask, signal: AbortSignal | undefined): Promise<ProveOutcome> {
    for (let left = ATTEMPTS - 1; ; left--) {
      try {
        return await pool.run(task, { signal: signal ?? null });
      } catch (cause) {
        if (signal?.aborted) throw new ProofFailedError(task.circuit, "the job was cancelled", { cause });
        if (closed) throw new ProofFailedError(task.circuit, "the prover was closed", { cause });
        if (left === 0) throw new ProofFailedError(task.circuit, "the prover's thread died", { cause });
      }
    }
  }

  let closed = false;
  return {
    async prove({ circuit, input, commitment }, signal) {
      if (closed) throw new ProofFailedError(circuit, "the prover was closed");
      if (!circuits.has(circuit)) throw new UnprovableCircuitError(circuit, circuits.keys());
      const outcome = await attempt({ circuit, input }, signal);
      if (outcome.kind === "refused") throw new ProofFailedError(circuit, outcome.reason);
      const { proof, publicSignals, witnessMilliseconds, proveMilliseconds } = outcome;
      const [c, z, y] = publicSignals.map(fieldElement);
      if (c !== commitment || z === undefined || y === undefined) {
        throw new ProofFailedError(circuit, `its commitment is ${c} and not the job's, ${commitment}`);
      }
      return {
        proof,
        publicInputs: { commitment, challenge: z, evaluation: y },
        witnessMilliseconds,
        proveMilliseconds,
      };
    },
    async close() {
      closed = true;
      await pool.destroy();
    },
  };
}
