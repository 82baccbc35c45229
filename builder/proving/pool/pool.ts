import type { BackendStatus } from "../backend-status.ts";
import type { Backend } from "../backends/backend.ts";
import type { CircuitInput, CircuitJob, CommittedJob, TraceCommitment, TraceJob } from "../circuit-job.ts";
import { CircuitNotLoadedError, WrongCommitmentError } from "../errors.ts";
import { type LoadedCircuit, loadCircuit } from "../load-circuit.ts";
import type { CommittedResult, ProveOptions, Prover, ProverResult } from "../prover.ts";
import { WitnessThreads } from "../threads/threads.ts";
import { CommitmentWork } from "./commitment-work.ts";
import { CommittedWork } from "./committed-work.ts";
import { CommittingCircuit } from "./committing-circuit.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { PoolOptions } from "./options.ts";
import { ProofWork } from "./proof-work.ts";
import type { Work } from "./work.ts";

/** Makes proofs by many backends, and verifies each one before it is handed out. */
export class ProverPool implements Prover {
  readonly #circuits: ReadonlyMap<string, LoadedCircuit>;
  readonly #threads: WitnessThreads;
  readonly #dispatcher: Dispatcher;
  readonly #committing = new Map<string, CommittingCircuit>();
  /** The trace of each commitment that was made here: its maker answers for it. */
  readonly #traces = new WeakMap<TraceCommitment, CircuitInput>();

  private constructor(
    options: PoolOptions,
    circuits: ReadonlyMap<string, LoadedCircuit>,
    threads: WitnessThreads,
  ) {
    this.#circuits = circuits;
    this.#threads = threads;
    this.#dispatcher = new Dispatcher(options);
  }

  /** @throws `KEY_CORRUPT`, `WRONG_KEY`. */
  static async open(options: PoolOptions): Promise<ProverPool> {
    const circuits = new Map<string, LoadedCircuit>();
    for (const artefacts of options.circuits) circuits.set(artefacts.instance, await loadCircuit(artefacts));
    return new ProverPool(options, circuits, await WitnessThreads.start(circuits));
  }

  get backends(): readonly BackendStatus[] {
    return this.#dispatcher.backends;
  }

  /** @returns nothing for a circuit that is not loaded. */
  constraintsOf(circuit: string): number | undefined {
    return this.#circuits.get(circuit)?.constraints;
  }

  /** A backend joins. One of the same name is replaced, unless that is in quarantine. */
  add(backend: Backend): void {
    this.#dispatcher.add(backend);
  }

  /**
   * A backend has gone. What it was working on fails there, as its `prove` says, and goes to others, as does
   * what it has not begun.
   */
  remove(name: string): void {
    this.#dispatcher.remove(name);
  }

  async prove(job: CircuitJob, options?: ProveOptions): Promise<ProverResult> {
    const loaded = this.#loaded(job.circuit);
    return await this.#dispatcher.make(
      job.circuit,
      (signal) => new ProofWork(job, loaded, this.#threads, signal),
      options,
    );
  }

  async commit(job: TraceJob, options?: ProveOptions): Promise<TraceCommitment> {
    const committing = this.#committingCircuit(job.circuit);
    const makeWork = (): Work<TraceCommitment> => new CommitmentWork(job, committing, this.#threads);
    const commitment = await this.#dispatcher.make(job.circuit, makeWork, options);
    this.#traces.set(commitment, job.trace);
    return commitment;
  }

  async proveCommitted(job: CommittedJob, options?: ProveOptions): Promise<CommittedResult> {
    const { circuit, commitment, trace } = job;
    const committing = this.#committingCircuit(circuit);
    const makeWork = (signal: AbortSignal): Work<CommittedResult> =>
      new CommittedWork(job, committing, this.#threads, signal);
    try {
      return await this.#dispatcher.make(circuit, makeWork, options);
    } catch (error) {
      // Of a commitment that came from elsewhere it is not known which backend made it, and to what.
      if (error instanceof WrongCommitmentError && this.#traces.get(commitment) === trace)
        this.#dispatcher.quarantine(commitment.backend, circuit, "its commitment is not one to the trace");
      throw error;
    }
  }

  #loaded(circuit: string): LoadedCircuit {
    const loaded = this.#circuits.get(circuit);
    if (loaded === undefined) throw new CircuitNotLoadedError(circuit, this.#circuits.keys());
    return loaded;
  }

  #committingCircuit(circuit: string): CommittingCircuit {
    const committing = this.#committing.get(circuit) ?? new CommittingCircuit(circuit, this.#loaded(circuit));
    this.#committing.set(circuit, committing);
    return committing;
  }

  async close(): Promise<void> {
    await this.#dispatcher.close();
    await this.#threads.close();
  }
}
