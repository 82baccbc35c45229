import type { BackendJob } from "../backends/backend.ts";
import type { CircuitJob } from "../circuit-job.ts";
import { ProofFailedError } from "../errors.ts";
import type { ProverResult } from "../prover.ts";
import type { ComputedWitness, WitnessThreads } from "../threads/threads.ts";
import type { Member } from "./member.ts";

/** What decides when a job's turn is. */
export type Urgency = Pick<Ticket, "priority" | "constraints">;

/** A job from when it was accepted until its one result. */
export class Ticket {
  readonly job: CircuitJob;
  readonly constraints: number;
  readonly priority: number;
  readonly promise: Promise<ProverResult>;
  /** Those that could not make it. */
  readonly tried = new Set<Member>();
  /** Failures so far, of any backend, and what the last one said. */
  attempts = 0;
  failure = "";
  isRunning = false;
  /** Set while no backend can make it. */
  joinTimer: NodeJS.Timeout | undefined;
  readonly #cancel = new AbortController();
  readonly #settle: { resolve: (result: ProverResult) => void; reject: (reason: unknown) => void };
  readonly #threads: WitnessThreads;
  #witness: Promise<ComputedWitness> | undefined;
  #isSettled = false;

  constructor(job: CircuitJob, constraints: number, priority: number, threads: WitnessThreads) {
    this.job = job;
    this.constraints = constraints;
    this.priority = priority;
    this.#threads = threads;
    const { promise, resolve, reject } = Promise.withResolvers<ProverResult>();
    this.promise = promise;
    this.#settle = { resolve, reject };
  }

  /** Fires when the result is no longer wanted. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  resolve(result: ProverResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#settle.resolve(result);
  }

  /** Ends whatever is being done for it. */
  reject(error: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#cancel.abort(error);
    this.#settle.reject(error);
  }

  /** A backend can make it again. */
  clearJoinTimer(): void {
    clearTimeout(this.joinTimer);
    this.joinTimer = undefined;
  }

  /** Computed at most once. */
  witness(): Promise<ComputedWitness> {
    const { circuit, input } = this.job;
    this.#witness ??= this.#threads.witness(circuit, input, this.signal).catch((error: unknown) => {
      this.#witness = undefined;
      throw error;
    });
    return this.#witness;
  }

  /** Milliseconds that the witness took, if it was computed here. */
  async witnessMilliseconds(): Promise<number | undefined> {
    return this.#witness === undefined ? undefined : (await this.#witness).milliseconds;
  }

  /** Has the witness ready when a backend asks. A circuit that refuses the input ends the ticket. */
  prepare(): void {
    this.witness().catch((error: unknown) => {
      if (error instanceof ProofFailedError) this.reject(error);
    });
  }

  get backendJob(): BackendJob {
    return { ...this.job, witness: async () => (await this.witness()).witness };
  }
}

/** More urgent ones first; among equals the longest, so that none is left for the end; then the oldest. */
export function byUrgency(a: Urgency, b: Urgency): number {
  return a.priority - b.priority || b.constraints - a.constraints;
}
