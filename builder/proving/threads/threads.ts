import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { compileCurve } from "../keys/curve-module.ts";
import type { CircuitInput } from "../circuit-job.ts";
import { ProofFailedError } from "../errors.ts";
import type { LoadedCircuit } from "../load-circuit.ts";
import type { UnverifiedCommitment, UnverifiedProof } from "../backends/backend.ts";
import type { ThreadAnswer, ThreadData, ThreadTask } from "./thread.ts";
import { MODULE_THREADS } from "../../places/module-threads.ts";

export interface ComputedWitness {
  /** Content of the `.wtns` file. */
  readonly witness: Uint8Array<ArrayBuffer>;
  readonly milliseconds: number;
}

/** One verifies while the other computes. */
export const WITNESS_THREADS = 2;

/**
 * Threads that compute witnesses and verify proofs, beside those that prove: neither may hold up this
 * process' event loop. circom's code is compiled once and stays warm in all of them.
 */
export class WitnessThreads {
  readonly #pool: Piscina<ThreadTask, ThreadAnswer>;

  private constructor(workerData: ThreadData) {
    this.#pool = new Piscina({
      ...MODULE_THREADS,
      filename: fileURLToPath(new URL("./thread.ts", import.meta.url)),
      minThreads: WITNESS_THREADS,
      maxThreads: WITNESS_THREADS,
      workerData,
    });
    this.#pool.on("error", () => undefined);
  }

  static async start(circuits: ReadonlyMap<string, LoadedCircuit>): Promise<WitnessThreads> {
    return new WitnessThreads({ circuits, curve: await compileCurve() });
  }

  /** @throws {ProofFailedError} when the circuit refuses the input, with the place in its source. */
  async witness(circuit: string, input: CircuitInput, signal: AbortSignal): Promise<ComputedWitness> {
    const answer = await this.#pool.run({ do: "witness", circuit, input }, { signal });
    if (answer.kind === "refused") throw new ProofFailedError(circuit, answer.reason);
    if (answer.kind !== "witness") throw new TypeError("another task's answer");
    return answer;
  }

  /** @param proof with D where the circuit has committed wires. */
  async verify(
    circuit: string,
    { publicSignals, proof }: Pick<UnverifiedProof, "publicSignals" | "proof">,
  ): Promise<boolean> {
    const answer = await this.#pool.run({ do: "verify", circuit, publicSignals, proof });
    return answer.kind === "verified" && answer.isValid;
  }

  /**
   * The constraint that a witness violates, if there is one: then no backend is to blame for a proof that
   * does not verify.
   */
  async violatedConstraint(circuit: string, witness: Uint8Array): Promise<number | undefined> {
    const answer = await this.#pool.run({ do: "check", circuit, witness });
    return answer.kind === "checked" ? answer.violated : undefined;
  }

  /** D, by one thread. */
  async commit(circuit: string, values: Uint8Array): Promise<UnverifiedCommitment> {
    const answer = await this.#pool.run({ do: "commit", circuit, values });
    if (answer.kind !== "commitment") throw new TypeError("another task's answer");
    return { d: answer.d, commitMilliseconds: answer.milliseconds };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
