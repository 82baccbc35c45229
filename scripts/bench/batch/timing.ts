import type { Backend } from "../../../builder/proving/backends/backend.ts";

/** When one proof passed each stage, milliseconds on `performance.now`'s clock. */
export interface ProofTiming {
  readonly circuit: string;
  readonly backend: string;
  /** The backend got it. */
  readonly begun: number;
  /** The backend had its witness. */
  readonly witnessed: number;
  /** The backend gave the proof. */
  readonly proven: number;
}

/**
 * The backend under another name, with an account of what it did: a pool takes one backend of a name only.
 * @param onProof called with the job's commitment, which tells jobs apart.
 */
export function timed(
  backend: Backend,
  name: string,
  onProof: (commitment: bigint, timing: ProofTiming) => void,
): Backend {
  return {
    name,
    slots: backend.slots,
    circuits: backend.circuits,
    async prove(job, signal) {
      const { circuit, commitment } = job;
      const begun = performance.now();
      let witnessed = begun;
      const witness = async () => {
        const content = await job.witness();
        witnessed = performance.now();
        return content;
      };
      const proof = await backend.prove({ ...job, witness }, signal);
      onProof(commitment, { circuit, backend: name, begun, witnessed, proven: performance.now() });
      return proof;
    },
    proveCommitted: (job, signal) => backend.proveCommitted(job, signal),
    close: () => backend.close(),
  };
}
