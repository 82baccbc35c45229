import { concatHex, type Hex, keccak256, numberToHex } from "viem";
import type { Prover } from "../proof/prover.ts";
import { LockstepError } from "../protocol/errors.ts";
import { fingerprint } from "../protocol/fingerprint.ts";
import { statementWords } from "../protocol/statement.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { PlannedVisit } from "./plan.ts";
import type { VisitJob } from "../witness/jobs.ts";
import { encodeProof, type VisitProof } from "./encode.ts";

/** A proof says something else than the batch needs: a fault of the kind's witness or of the prover. */
export class ProofMismatchError extends LockstepError {
  constructor(rollup: ChainId, circuit: string) {
    super(
      "PROOF_MISMATCH",
      `the proof by ${circuit} does not state the visit of rollup ${rollup.toString()}`,
    );
  }
}

/** The key that stands on L1 for a circuit of a rollup. @throws when there is none. */
export type KeyOf = (rollup: ChainId, circuit: string) => Hex;

/** Equal for two visits exactly if the same proof serves both. */
export function statementKey({ header, completed }: PlannedVisit): Hex {
  return keccak256(
    concatHex(statementWords(header, [completed]).map((word) => numberToHex(word, { size: 32 }))),
  );
}

/** Proves a visit, and checks that the proof is the one that L1 will ask for. */
export async function proveVisit(
  { rollup, header, completed, job }: VisitJob,
  prover: Prover,
  keyOf: KeyOf,
  signal: AbortSignal,
): Promise<VisitProof> {
  const verificationKey = keyOf(rollup, job.circuit);
  const result = await prover.prove(job, signal);
  const expected = fingerprint(statementWords(header, [completed]), job.commitment);
  const { commitment, challenge, evaluation } = result.publicInputs;
  if (
    commitment !== expected.commitment ||
    challenge !== expected.challenge ||
    evaluation !== expected.evaluation
  ) {
    throw new ProofMismatchError(rollup, job.circuit);
  }
  return { rollup, verificationKey, proof: encodeProof(result) };
}
