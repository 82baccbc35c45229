import type { Hex } from "viem";
import type { VisitProof } from "../batch/encode.ts";
import { visitJobs } from "../batch/jobs.ts";
import type { BatchPlan } from "../batch/plan.ts";
import type { ProofStore } from "../batch/proof-store.ts";
import { type KeyOf, proveVisit, statementKey } from "../batch/prove.ts";
import type { Timings } from "../intake/accepted.ts";
import type { RollupKind } from "../kinds/kind.ts";
import { checkVisit } from "../post/self-check.ts";
import type { Prover } from "../proving/prover.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { BuilderListener } from "./events.ts";
import { Lock } from "./lock.ts";

export interface ProofsOptions {
  readonly store: ProofStore;
  readonly prover: Prover;
  readonly kindOf: (rollup: ChainId) => RollupKind;
  readonly keyOf: KeyOf;
  readonly emit: BuilderListener;
}

/** How many are at hand. */
const AT_HAND = 2_000;

/** Makes what a batch needs proven, and nothing twice. */
export class Proofs {
  readonly #options: ProofsOptions;
  readonly #ready = new Map<Hex, VisitProof>();

  constructor(options: ProofsOptions) {
    this.#options = options;
  }

  /** Whether something of the plan is proven already. */
  hasSome({ visits }: BatchPlan): boolean {
    return visits.some((visit) => this.#ready.has(statementKey(visit)));
  }

  /** Whether nothing of the plan is left to prove. */
  hasAll({ visits }: BatchPlan): boolean {
    return visits.every((visit) => this.#ready.has(statementKey(visit)));
  }

  /** The proofs of a plan's visits, in their order, all of which are made. */
  of({ visits }: BatchPlan): VisitProof[] {
    return visits.map((visit) => this.#ready.get(statementKey(visit))).filter((proof) => proof !== undefined);
  }

  /** Proves what is not proven yet. Each proof that was made is kept, whatever becomes of the others. */
  async make(plan: BatchPlan, signal: AbortSignal): Promise<Timings> {
    const { store, prover, kindOf, keyOf, emit } = this.#options;
    const missing = plan.visits.filter((visit) => !this.#ready.has(statementKey(visit)));
    if (missing.length === 0) return {};
    const start = performance.now();
    const jobs = await visitJobs({ ...plan, visits: missing }, kindOf);
    const witness = performance.now() - start;
    let check = 0;
    // One after the other: they are all work of this thread, and so can be timed.
    const checking = new Lock();
    emit({ type: "proving", circuits: jobs.map(({ job }) => job.circuit), witnessMilliseconds: witness });
    await allOrCancel(signal, (cancel) =>
      jobs.map(async (visit) => {
        const begun = performance.now();
        const { rollup, job } = visit;
        const statement = statementKey(visit);
        const verificationKey = keyOf(rollup, job.circuit);
        const kept = await store.get(statement, verificationKey);
        const proof =
          kept === undefined
            ? await proveVisit(visit, prover, keyOf, cancel)
            : { rollup, verificationKey, proof: kept };
        emit({ type: "proven", rollup, circuit: job.circuit, milliseconds: performance.now() - begun });
        await checking.run(async () => {
          const start = performance.now();
          await checkVisit(visit, kindOf(rollup), proof.proof);
          check += performance.now() - start;
        });
        this.#keep(statement, proof);
        // What had not to be proven costs more to keep than to make.
        if (kept === undefined && kindOf(rollup).isProven)
          await store.put(statement, verificationKey, proof.proof);
      }),
    );
    return { witness, prove: performance.now() - start - witness, check };
  }

  #keep(statement: Hex, proof: VisitProof): void {
    this.#ready.set(statement, proof);
    for (const oldest of this.#ready.keys()) {
      if (this.#ready.size <= AT_HAND) return;
      this.#ready.delete(oldest);
    }
  }
}

/** Waits for all; the first failure cancels the others, which are waited for as well. */
async function allOrCancel(
  signal: AbortSignal,
  start: (cancel: AbortSignal) => readonly Promise<void>[],
): Promise<void> {
  const failure = new AbortController();
  const jobs = start(AbortSignal.any([signal, failure.signal]));
  try {
    await Promise.all(jobs);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(jobs);
    throw error;
  }
}
