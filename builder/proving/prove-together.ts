import type { CircuitInput, CommittedJob, TraceCommitment, TraceJob } from "./circuit-job.ts";
import { WrongCommitmentError } from "./errors.ts";
import type { G1Point } from "./keys/verification-key.ts";
import type { CommittedResult, ProveOptions, Prover } from "./prover.ts";

/** Inputs that every proof of a statement gets beside its trace, e.g. β and γ. */
export type Draw = (commitments: readonly G1Point[]) => CircuitInput | Promise<CircuitInput>;

/**
 * Makes all proofs of one statement on keys with committed wires: first every commitment, then, once all are
 * known, the challenge, then the proofs side by side (docs/proving-evm.md, sections 2 and 3). The failure of
 * one ends the others.
 * @param jobs the proofs, in the order of the statement.
 * @param draw what the commitments decide; is asked again, with other ones, where a backend has committed to
 * something else than the trace.
 * @returns the proofs, each verified, in the order of the jobs.
 * @throws `PROOF_FAILED`, `CIRCUIT_NOT_LOADED`, `PROVER_BUSY`; whatever `draw` throws.
 */
export async function proveTogether(
  prover: Prover,
  jobs: readonly TraceJob[],
  draw: Draw,
  options: ProveOptions = {},
): Promise<CommittedResult[]> {
  const known = new Map<TraceJob, TraceCommitment>();
  for (;;) {
    const started = await together(jobs, options, async (job, own): Promise<Committed> => {
      const commitment = known.get(job) ?? (await prover.commit(job, own));
      known.set(job, commitment);
      return { job, commitment };
    });
    const drawn = await draw(started.map(({ commitment }) => commitment.d));
    const wrongMakers = new Set<string>();
    const prove = async ({ job, commitment }: Committed, own: ProveOptions): Promise<CommittedResult> => {
      try {
        return await prover.proveCommitted({ ...job, commitment, drawn }, own);
      } catch (error) {
        if (error instanceof WrongCommitmentError) wrongMakers.add(commitment.backend);
        throw error;
      }
    };
    try {
      return await together(started, options, prove);
    } catch (error) {
      // They are in quarantine: sooner or later a commitment is right, or no backend is left.
      if (wrongMakers.size === 0) throw error;
      for (const [job, { backend }] of known) if (wrongMakers.has(backend)) known.delete(job);
    }
  }
}

interface Committed extends Pick<CommittedJob, "commitment"> {
  readonly job: TraceJob;
}

/** Does all at the same time. The first failure ends the others, which are waited for, and is thrown. */
async function together<T, Result>(
  all: readonly T[],
  { signal, priority }: ProveOptions,
  work: (each: T, options: ProveOptions) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController();
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const options = { signal: either, ...(priority === undefined ? {} : { priority }) };
  let isFirst = true;
  let first: unknown;
  const results = await Promise.allSettled(
    all.map(async (each) => {
      try {
        return await work(each, options);
      } catch (error) {
        if (isFirst) first = error;
        isFirst = false;
        failed.abort(error);
        throw error;
      }
    }),
  );
  return results.map((result) => {
    if (result.status === "rejected") throw first;
    return result.value;
  });
}
