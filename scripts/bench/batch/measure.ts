import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import type { Backend, BackendKind } from "../../../builder/proving/backends/backend.ts";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import { openReady } from "../../../builder/proving/local-prover.ts";
import { ProverPool } from "../../../builder/proving/pool/pool.ts";
import type { ProverResult } from "../../../builder/proving/prover.ts";
import { type ProofTiming, timed } from "./timing.ts";

/** Tries to have each backend prove each circuit before anything is timed. */
const WARM_UPS = 5;

/** One job's way from the hand-over of its batch to a verified proof. */
export interface ProvenJob extends ProofTiming {
  /** The pool had verified it and handed it out. */
  readonly verified: number;
  readonly result: ProverResult;
}

export interface MeasuredBatch {
  /** From handing over all jobs to the last verified proof. */
  readonly milliseconds: number;
  readonly proofs: readonly ProvenJob[];
}

export interface BenchPoolOptions {
  readonly kind: BackendKind;
  readonly artefacts: ReadonlyMap<string, Artefacts>;
  readonly workers: number;
  /** Processors that each worker uses. */
  readonly threads: number;
}

/**
 * A pool of a builder whose workers are all on this machine, and that says when each proof passed each stage.
 */
export class BenchPool implements AsyncDisposable {
  readonly slots: number;
  readonly #pool: ProverPool;
  readonly #traces: Map<bigint, ProofTiming>;

  private constructor(pool: ProverPool, slots: number, traces: Map<bigint, ProofTiming>) {
    this.#pool = pool;
    this.slots = slots;
    this.#traces = traces;
  }

  /** @throws `KEY_CORRUPT`, `WRONG_KEY`. */
  static async open({ kind, artefacts, workers, threads }: BenchPoolOptions): Promise<BenchPool> {
    const circuits = [...artefacts.values()];
    const traces = new Map<bigint, ProofTiming>();
    const backends: Backend[] = [];
    for (let worker = 1; worker <= workers; worker++) {
      const backend = await openReady(kind, { circuits, threads });
      backends.push(
        timed(backend, `${kind.name} ${worker}`, (commitment, trace) => traces.set(commitment, trace)),
      );
    }
    const [first] = backends;
    return new BenchPool(await ProverPool.open({ circuits, backends }), first?.slots ?? 0, traces);
  }

  /**
   * Has every backend prove every circuit, so that keys are read and speeds known.
   * @param jobs one of each circuit is made.
   * @throws {Error} when the pool leaves a backend out.
   */
  async warmUp(jobs: readonly CircuitJob[]): Promise<void> {
    const { backends } = this.#pool;
    for (const job of new Map(jobs.map((each) => [each.circuit, each])).values()) {
      const warm = new Set<string>();
      for (let round = 0; round < WARM_UPS && warm.size < backends.length; round++) {
        // As many at once as there are slots, so that the pool has to use all.
        const several = Array.from({ length: backends.length * this.slots }, () => this.#pool.prove(job));
        for (const { backend } of await Promise.all(several)) warm.add(backend);
      }
      if (warm.size < backends.length) throw new Error(`not all backends have proven ${job.circuit}`);
    }
  }

  /** @param priorities by the jobs' order. */
  async prove(jobs: readonly CircuitJob[], priorities: readonly number[]): Promise<MeasuredBatch> {
    this.#traces.clear();
    const start = performance.now();
    const ended = await Promise.all(
      jobs.map(async (job, index) => {
        const result = await this.#pool.prove(job, { priority: priorities[index] ?? 0 });
        return { commitment: job.commitment, result, verified: performance.now() };
      }),
    );
    const milliseconds = performance.now() - start;
    // Jobs are told apart by their commitments.
    if (this.#traces.size !== jobs.length) throw new Error("a job is in the batch twice");
    const proofs = ended.map(({ commitment, ...end }) => {
      const trace = this.#traces.get(commitment);
      if (trace === undefined) throw new Error("a proof came from no backend");
      return { ...trace, ...end };
    });
    return { milliseconds, proofs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }
}
