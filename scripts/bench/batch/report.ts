import { WITNESS_THREADS } from "../../../builder/proving/threads/threads.ts";
import type { UseOfTime } from "./costs.ts";
import type { StageCosts } from "./simulation.ts";

/** Times of batches of one size, milliseconds. */
export interface BatchRow {
  readonly visits: number;
  readonly proofs: number;
  /** By the number of workers on this machine. */
  readonly here: readonly { readonly measured: number; readonly simulated: number }[];
  /** By the number of workers that are other machines. */
  readonly projected: readonly number[];
}

/**
 * @param here numbers of workers that were measured.
 * @param projected those that were not.
 */
export function printBatches(
  rows: readonly BatchRow[],
  here: readonly number[],
  projected: readonly number[],
): void {
  const plural = (workers: number): string => `${workers} worker${workers === 1 ? "" : "s"}`;
  printTable([
    [
      "visits",
      "proofs",
      ...here.flatMap((workers) => [plural(workers), "simulated", "ratio"]),
      ...projected.map((workers) => `${plural(workers)} (projected)`),
    ],
    ...rows.map((row) => [
      `${row.visits}`,
      `${row.proofs}`,
      ...row.here.flatMap(({ measured, simulated }) => [
        seconds(measured),
        seconds(simulated),
        (simulated / measured).toFixed(2),
      ]),
      ...row.projected.map(seconds),
    ]),
  ]);
}

/** @param fleets by their name. */
export function printPaths(fleets: readonly (readonly [string, ReadonlyMap<string, StageCosts>])[]): void {
  printTable([
    ["circuit", "workers", "witness", "worker", "verification", "sum"],
    ...fleets.flatMap(([name, costs]) =>
      [...costs].map(([circuit, { witness, work, verify }]) => [
        circuit,
        name,
        ...[witness, work, verify, witness + work + verify].map(seconds),
      ]),
    ),
  ]);
}

export function printUse(
  rows: readonly (readonly [workers: number, visits: number, use: UseOfTime])[],
): void {
  const percent = (part: number): string => `${(100 * part).toFixed(0)} %`;
  printTable([
    ["workers", "visits", "proving", "no witness yet", "in verification", "nothing to do"],
    ...rows.map(([workers, visits, { proving, witness, verification, nothing }]) => [
      `${workers}`,
      `${visits}`,
      ...[proving, witness, verification, nothing].map(percent),
    ]),
  ]);
}

/**
 * What the projected figures stand for.
 * @param slots of each worker.
 * @param processors that each worker has.
 */
export function printAssumptions(slots: number, processors: number): void {
  console.log(`
Projected, not measured: the pool's own schedule over virtual time, with workers on other machines. Each of them is like this
one with all its ${processors} processors, makes ${slots} proof${slots === 1 ? "" : "s"} at a time, computes witnesses, that of its next job during a proof, and verifies
its proofs, as Redis workers do; the builder verifies every proof again, in its ${WITNESS_THREADS} threads.
Left out: network and Redis, making the circuits' inputs, starting of threads, failures, posting on L1.
"simulated" is the same simulation with the workers on this machine, by the medians of these very runs: its ratio to what was
measured tells whether the schedule is simulated rightly, not whether the medians hold elsewhere. It does not know that workers
here share processors: where the machine is loaded, one of two workers is faster alone than the median, and the ratio is large.`);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(2);
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of rows)
    console.log(row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "));
}
