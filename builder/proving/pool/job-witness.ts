import type { CircuitInput } from "../circuit-job.ts";
import type { ComputedWitness, WitnessThreads } from "../threads/threads.ts";

/** The witness of a job, computed on this machine at most once, if at all. */
export class JobWitness {
  readonly #compute: () => Promise<ComputedWitness>;
  #computed: Promise<ComputedWitness> | undefined;

  /** @param signal fires when the job is no longer wanted. */
  constructor(threads: WitnessThreads, circuit: string, input: CircuitInput, signal: AbortSignal) {
    this.#compute = () => threads.witness(circuit, input, signal);
  }

  /** @throws {ProofFailedError} when the circuit refuses the input. */
  get(): Promise<ComputedWitness> {
    this.#computed ??= this.#compute().catch((error: unknown) => {
      this.#computed = undefined;
      throw error;
    });
    return this.#computed;
  }

  /** What has been asked for, if anything has. */
  async ifComputed(): Promise<ComputedWitness | undefined> {
    return await this.#computed;
  }
}
