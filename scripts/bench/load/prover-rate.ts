import { quantile, type Result } from "./measure.ts";
import type { RecordingProver } from "./recording-prover.ts";

/**
 * Holds a mix against what the prover does by itself, in the same run: the same proofs, handed over at once,
 * so that it is never idle.
 * @param workers that prove at the same time.
 */
export async function printProven(result: Result, prover: RecordingProver, workers: number): Promise<void> {
  const made = [...prover.recorded];
  prover.recorded.length = 0;
  const begun = performance.now();
  await Promise.all(made.map(({ job }) => prover.prove(job)));
  const ownRate = (made.length / (performance.now() - begun)) * 1_000;
  const sum = prover.recorded.reduce((total, { proveMilliseconds }) => total + proveMilliseconds, 0);
  const within = sum / workers / 1_000;
  const p95 = Number(quantile(result.inclusions, 0.95)) / 1_000;
  // A proof is made for each, and again for those that L1 overtook.
  const share = result.perSecond / ownRate;
  console.log(
    `${result.mix}: ${share.toFixed(2)} of the prover's own rate, ${ownRate.toFixed(2)} proofs/s back to back by ` +
      `${workers} worker${workers === 1 ? "" : "s"}; inclusion p95 ${p95.toFixed(1)} s, ` +
      `${(p95 / within).toFixed(2)} × (sum of proof times / workers = ${within.toFixed(1)} s); ` +
      `${made.length} proofs for ${result.included} transactions, idle for ${idle(made).toFixed(1)} s`,
  );
}

/** Seconds, between the first proof and the last, in which none was asked for. */
function idle(made: RecordingProver["recorded"]): number {
  let [until, milliseconds] = [Infinity, 0];
  for (const { begun, ended } of made.toSorted((a, b) => a.begun - b.begun)) {
    milliseconds += Math.max(0, begun - until);
    until = Math.max(ended, until === Infinity ? 0 : until);
  }
  return milliseconds / 1_000;
}
