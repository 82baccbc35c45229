import type { Backend } from "../backends/backend.ts";
import type { TraceCommitment, TraceJob } from "../circuit-job.ts";
import { ProofFailedError } from "../errors.ts";
import type { G1Point } from "../keys/verification-key.ts";
import { isOnCurve } from "../threads/proof-verifier.ts";
import type { WitnessThreads } from "../threads/threads.ts";
import type { CommittingCircuit } from "./committing-circuit.ts";
import { type Made, type Work, WrongResult } from "./work.ts";

/** A committed wire costs such a part of what a constraint costs. */
const WIRE_COST = 0.1;

/**
 * The commitment to a trace. That it is not another one's shows when the proof is verified: to find out
 * sooner would cost as much as to make it.
 */
export class CommitmentWork implements Work<TraceCommitment> {
  readonly circuit: string;
  readonly constraints: number;
  readonly step = "commitment";
  readonly #job: TraceJob;
  readonly #values: () => Uint8Array;
  readonly #threads: WitnessThreads;

  constructor(job: TraceJob, committing: CommittingCircuit, threads: WitnessThreads) {
    this.circuit = job.circuit;
    this.constraints = committing.wires * WIRE_COST;
    this.#job = job;
    this.#values = () => committing.valuesOf(job.trace);
    this.#threads = threads;
  }

  prepare(): Promise<unknown> {
    return Promise.resolve();
  }

  async run(backend: Backend, signal: AbortSignal): Promise<Made<TraceCommitment>> {
    const values = this.#values;
    // A trace that does not fit the circuit is no backend's fault.
    values();
    const { d, commitMilliseconds } =
      backend.commit === undefined
        ? await this.#threads.commit(this.circuit, values())
        : await backend.commit({ ...this.#job, values }, signal);
    const verify = async (): Promise<TraceCommitment> => {
      this.#assertPoint(d);
      return { d, backend: backend.name, commitMilliseconds };
    };
    return { milliseconds: commitMilliseconds, verify };
  }

  #assertPoint(d: G1Point): void {
    if (isOnCurve(d)) return;
    if (this.#values().every((byte) => byte === 0))
      throw new ProofFailedError(this.circuit, "there is no commitment to a trace of zeros alone");
    throw new WrongResult("its commitment is no point of the curve");
  }
}
