import type { CircuitJob } from "../kinds/kind.ts";
import type { CommittedJob, TraceCommitment, TraceJob } from "../proving/circuit-job.ts";
import type { BackendStatus } from "../proving/backend-status.ts";
import type { CommittedResult, ProveOptions, Prover, ProverResult } from "../proving/prover.ts";

/** Is told how long a proof took. */
type ProofListener = (
  result: Pick<CommittedResult, "witnessMilliseconds" | "proveMilliseconds" | "backend">,
) => void;

/** A prover that tells of each proof it has made: the builder's own events do not say where the time went. */
export class ObservedProver implements Prover {
  readonly #prover: Prover;
  readonly #listeners = new Set<ProofListener>();

  constructor(prover: Prover) {
    this.#prover = prover;
  }

  get backends(): readonly BackendStatus[] {
    return this.#prover.backends ?? [];
  }

  constraintsOf(circuit: string): number | undefined {
    return this.#prover.constraintsOf?.(circuit);
  }

  /** @returns a function that ends it. */
  listen(listener: ProofListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async prove(job: CircuitJob, options?: ProveOptions): Promise<ProverResult> {
    const result = await this.#prover.prove(job, options);
    for (const listener of this.#listeners) listener(result);
    return result;
  }

  commit(job: TraceJob, options?: ProveOptions): Promise<TraceCommitment> {
    return this.#prover.commit(job, options);
  }

  async proveCommitted(job: CommittedJob, options?: ProveOptions): Promise<CommittedResult> {
    const result = await this.#prover.proveCommitted(job, options);
    for (const listener of this.#listeners) listener(result);
    return result;
  }

  close(): Promise<void> {
    return this.#prover.close();
  }
}
