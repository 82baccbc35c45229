import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { loadCircuit, type LoadedCircuit } from "../../../builder/proving/load-circuit.ts";
import { WITNESS_THREADS, WitnessThreads } from "../../../builder/proving/threads/threads.ts";
import type { MeasuredBatch, ProvenJob } from "./measure.ts";
import type { StageCosts } from "./simulation.ts";

/** Proofs of the burst that is verified. */
const BURST = 32;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Medians of each circuit's proofs, as they were in their batches. */
export function measuredCosts(
  proofs: readonly ProvenJob[],
  artefacts: ReadonlyMap<string, Artefacts>,
): ReadonlyMap<string, StageCosts> {
  const costs = new Map<string, StageCosts>();
  for (const [circuit, { constraints }] of artefacts) {
    const own = proofs.filter((proof) => proof.circuit === circuit);
    if (own.length === 0) continue;
    costs.set(circuit, {
      constraints,
      witness: median(own.map(({ result }) => result.witnessMilliseconds)),
      work: median(own.map(({ witnessed, proven }) => proven - witnessed)),
      verify: median(own.map(({ proven, verified }) => verified - proven)),
    });
  }
  return costs;
}

/**
 * What the same proofs take with workers on other machines: each computes the witness and verifies its proof
 * before it answers, and the builder verifies it again.
 * @param verify milliseconds of that second time.
 */
export function remoteCosts(costs: ReadonlyMap<string, StageCosts>, verify: number): Map<string, StageCosts> {
  return new Map(
    [...costs].map(([circuit, { constraints, ...at }]) => [
      circuit,
      { constraints, witness: 0, work: at.witness + at.work + at.verify, verify },
    ]),
  );
}

/**
 * Milliseconds that a proof's verification takes one of a pool's threads while they do nothing else, as in a
 * builder whose workers are elsewhere.
 * @throws {Error} when a proof is wrong.
 */
export async function burstVerification(
  proofs: readonly ProvenJob[],
  artefacts: ReadonlyMap<string, Artefacts>,
): Promise<number> {
  const circuits = new Map<string, LoadedCircuit>();
  for (const [circuit, each] of artefacts) circuits.set(circuit, await loadCircuit(each));
  const threads = await WitnessThreads.start(circuits);
  const burst = async (): Promise<number> => {
    const start = performance.now();
    const verdicts = Array.from({ length: BURST }, async (_, index) => {
      const proven = proofs[index % proofs.length];
      if (proven === undefined) return false;
      const { proof, publicInputs } = proven.result;
      const publicSignals = [publicInputs.commitment, publicInputs.challenge, publicInputs.evaluation];
      return await threads.verify(proven.circuit, { proof, publicSignals });
    });
    if ((await Promise.all(verdicts)).includes(false)) throw new Error("a proof is wrong");
    return ((performance.now() - start) * WITNESS_THREADS) / BURST;
  };
  try {
    // The first one compiles the code.
    await burst();
    return await burst();
  } finally {
    await threads.close();
  }
}

/** Parts of the time that a batch's backends had, which add up to 1. */
export interface UseOfTime {
  readonly proving: number;
  /** A backend had a job and no witness yet. */
  readonly witness: number;
  /** A backend had made a proof and got no other job before that was verified. */
  readonly verification: number;
  readonly nothing: number;
}

/** @param slots of all backends. */
export function useOfTime(batches: readonly MeasuredBatch[], slots: number): UseOfTime {
  const all = slots * batches.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const part = (of: (proof: ProvenJob) => number): number =>
    batches.flatMap(({ proofs }) => proofs).reduce((sum, proof) => sum + of(proof), 0) / all;
  const proving = part(({ witnessed, proven }) => proven - witnessed);
  const witness = part(({ begun, witnessed }) => witnessed - begun);
  const verification = part(({ proven, verified }) => verified - proven);
  // A slot is free a moment before this bench sees its proof.
  const nothing = Math.max(0, 1 - proving - witness - verification);
  return { proving, witness, verification, nothing };
}
