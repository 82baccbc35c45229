import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import type { RollupKind } from "../../builder/kinds/kind.ts";
import type { CircuitJob } from "../../builder/proving/circuit-job.ts";
import { circuitProof } from "../../builder/kinds/circuit-proof.ts";
import type { LedgerVisitRecord } from "../../builder/kinds/ledger/record.ts";
import type { ProveOptions, Prover, ProverResult } from "../../builder/proving/prover.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { fieldElement } from "../../builder/protocol/ids.ts";

/**
 * FOR TESTS ONLY: the real ledger, but its "witness" is just the statement's words, for
 * {@link UnprovenProver}.
 */
export const unprovenLedgerKind: RollupKind<LedgerVisitRecord> = {
  ...ledgerKind,
  proofJob: async ({ words }, visit) => {
    const circuit = visit.record.steps.length <= 2 ? "ledger1" : "ledger2";
    return circuitProof({ circuit, input: { words }, commitment: fieldElement(7n) }, words);
  },
};

/** FOR TESTS ONLY: proofs that prove nothing, for rollups registered with `AcceptingProofSystem`. */
export class UnprovenProver implements Prover {
  /** Jobs taken so far. */
  proved = 0;
  /** Awaited before a job is answered, so that a test can act in between. */
  meanwhile: (() => Promise<void>) | undefined;

  async prove(job: CircuitJob, { signal }: ProveOptions = {}): Promise<ProverResult> {
    this.proved++;
    await this.meanwhile?.();
    signal?.throwIfAborted();
    const { words } = job.input;
    if (!Array.isArray(words)) throw new Error("not a job of the test kind");
    const publicInputs = publicInputsOf(words.map(fieldElement), job.commitment);
    const proof = {
      a: [1n, 2n],
      b: [
        [3n, 4n],
        [5n, 6n],
      ],
      c: [7n, 8n],
    } as const;
    return { proof, publicInputs, witnessMilliseconds: 0, proveMilliseconds: 0, backend: "none" };
  }

  commit(): Promise<never> {
    throw new Error("no job of the tests commits");
  }

  proveCommitted(): Promise<never> {
    throw new Error("no job of the tests commits");
  }

  async close(): Promise<void> {}
}
