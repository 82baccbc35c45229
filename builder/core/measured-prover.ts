import type { CircuitJob, CommittedJob, TraceCommitment, TraceJob } from "../proving/circuit-job.ts";
import type { CommittedResult, ProveOptions, Prover, ProverResult } from "../proving/prover.ts";

/** What was made for one visit: sums over its proofs. */
export interface ProofsMade {
  /** Names of the backends, each once. */
  readonly backends: readonly string[];
  readonly proofs: number;
  /** Of all its proofs; absent if the prover does not know them. */
  readonly constraints?: number;
  readonly witnessMilliseconds: number;
  readonly proveMilliseconds: number;
}

/** A prover for the proofs of one visit, which remembers by what they were made and how long it took. */
export class MeasuredProver implements Prover {
  readonly #prover: Prover;
  readonly #backends = new Set<string>();
  #proofs = 0;
  #constraints: number | undefined = 0;
  #witness = 0;
  #prove = 0;

  constructor(prover: Prover) {
    this.#prover = prover;
  }

  /** Nothing if nothing was made. */
  get made(): ProofsMade | undefined {
    if (this.#proofs === 0) return undefined;
    return {
      backends: [...this.#backends],
      proofs: this.#proofs,
      ...(this.#constraints === undefined ? {} : { constraints: this.#constraints }),
      witnessMilliseconds: this.#witness,
      proveMilliseconds: this.#prove,
    };
  }

  async prove(job: CircuitJob, options?: ProveOptions): Promise<ProverResult> {
    return this.#note(job.circuit, await this.#prover.prove(job, options));
  }

  async commit(job: TraceJob, options?: ProveOptions): Promise<TraceCommitment> {
    return await this.#prover.commit(job, options);
  }

  async proveCommitted(job: CommittedJob, options?: ProveOptions): Promise<CommittedResult> {
    return this.#note(job.circuit, await this.#prover.proveCommitted(job, options));
  }

  async close(): Promise<void> {
    // The prover is not its own.
  }

  #note<Result extends Pick<ProverResult, "backend" | "witnessMilliseconds" | "proveMilliseconds">>(
    circuit: string,
    result: Result,
  ): Result {
    const constraints = this.#prover.constraintsOf?.(circuit);
    this.#proofs++;
    this.#backends.add(result.backend);
    this.#witness += result.witnessMilliseconds;
    this.#prove += result.proveMilliseconds;
    this.#constraints =
      constraints === undefined || this.#constraints === undefined
        ? undefined
        : this.#constraints + constraints;
    return result;
  }
}
