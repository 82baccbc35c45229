import type { Measurement } from "./candidate.ts";
import { IS_MEASURED } from "./usage.ts";

/** A candidate's proofs, or why it could not make any. */
export interface Row {
  readonly name: string;
  readonly measured: readonly Measurement[];
  readonly unavailableReason?: string;
}

/** What a pool is to keep to. */
export interface Targets {
  /** Power of two of the circuit that the ratio is for. */
  readonly power: number;
  /** Wall time, pool : program, at most; by the pool's name. */
  readonly ratio: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly overhead: number;
}

const NAME_WIDTH = 18;
const WIDTH = 12;
const HEADINGS = ["wall s", "CPU s", "peak MiB", "witness ms", "overhead ms"];

/** Medians of all rounds, a row per candidate. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, measured, unavailableReason }) => {
    if (unavailableReason !== undefined) return line(name, [`  not here: ${unavailableReason}`]);
    const [wall, cpuSeconds, peakMebibytes, witness, overhead] = [
      medianOf(measured, (each) => each.wall / 1_000),
      medianOf(measured, (each) => (IS_MEASURED ? each.cpuSeconds : undefined)),
      medianOf(measured, (each) => (IS_MEASURED ? each.peakMebibytes : undefined)),
      medianOf(measured, ({ pool }) => pool?.witness),
      medianOf(measured, ({ pool }) => pool?.overhead),
    ];
    return line(name, [
      shown(wall, 3),
      shown(cpuSeconds, 2),
      shown(peakMebibytes, 0),
      shown(witness, 0),
      shown(overhead, 1),
    ]);
  });
  return [line("", HEADINGS), ...lines].join("\n");
}

/** How a pool compares with a program, and what it costs by itself, each beside its target. */
export function verdict(power: number, pool: Row, program: Row, targets: Targets): string | undefined {
  const [own, other] = [pool, program].map(({ measured }) => medianOf(measured, ({ wall }) => wall));
  const overhead = medianOf(pool.measured, (each) => each.pool?.overhead);
  if (own === undefined || other === undefined || overhead === undefined) return undefined;
  const [ratio, limit = NaN] = [own / other, targets.ratio[pool.name]];
  const at = power === targets.power ? judged(ratio, limit) : `target ${limit} at 2^${targets.power}`;
  return (
    `${pool.name.padEnd(NAME_WIDTH)}wall, to ${program.name} ${shown(ratio, 2)} (${at}), ` +
    `overhead per job ${shown(overhead, 1)} ms (${judged(overhead, targets.overhead)})`
  );
}

function judged(value: number, limit: number): string {
  return `target ${limit}: ${value <= limit ? "met" : "MISSED"}`;
}

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padStart(WIDTH)).join("");
}

function shown(value: number | undefined, digits: number): string {
  return value?.toFixed(digits) ?? "-";
}

/** Of those that have the number, if any has. */
function medianOf(
  measured: readonly Measurement[],
  pick: (each: Measurement) => number | undefined,
): number | undefined {
  const sorted = measured
    .map(pick)
    .filter((each) => each !== undefined)
    .sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [lower, upper] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return lower === undefined || upper === undefined ? undefined : (lower + upper) / 2;
}
