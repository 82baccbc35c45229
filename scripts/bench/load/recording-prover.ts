import type {
  CircuitJob,
  CommittedJob,
  TraceCommitment,
  TraceJob,
} from "../../../builder/proving/circuit-job.ts";
import type { CommittedResult, ProveOptions, Prover, ProverResult } from "../../../builder/proving/prover.ts";

/** A proof that was made. */
export interface Recorded {
  readonly job: CircuitJob;
  /** The prover's clock, milliseconds. */
  readonly proveMilliseconds: number;
  /** When it was asked for and there, on `performance.now`'s clock. */
  readonly begun: number;
  readonly ended: number;
}

/** A prover that remembers what it proved. */
export class RecordingProver implements Prover {
  readonly recorded: Recorded[] = [];
  readonly #prover: Prover;

  constructor(prover: Prover) {
    this.#prover = prover;
  }

  async prove(job: CircuitJob, options?: ProveOptions): Promise<ProverResult> {
    const begun = performance.now();
    const result = await this.#prover.prove(job, options);
    const { proveMilliseconds } = result;
    this.recorded.push({ job, proveMilliseconds, begun, ended: performance.now() });
    return result;
  }

  async commit(job: TraceJob, options?: ProveOptions): Promise<TraceCommitment> {
    return await this.#prover.commit(job, options);
  }

  async proveCommitted(job: CommittedJob, options?: ProveOptions): Promise<CommittedResult> {
    return await this.#prover.proveCommitted(job, options);
  }

  async close(): Promise<void> {
    await this.#prover.close();
  }
}
