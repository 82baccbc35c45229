/**
 * snarkjs and rapidsnark, each as the program that people call and as a backend of Lockstep's pool, and gnark
 * and devices there, with the same key and witness in one run: round after round, so that noise meets all
 * alike. Every proof is verified. CPU seconds count all threads.
 *
 * The programs get the witness as a file; the pool computes it, which is shown but not in its wall time (it
 * is in its CPU time). Pools are warm: they have made one proof before. Peak memory is that since the start,
 * key and all. Usage: node scripts/bench/prove.ts [--rounds 3] [power of two …], by default 14 16 18
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { step } from "../../builder/node/progress.mjs";
import { gnarkWorker } from "../../builder/proving/backends/gnark/worker.ts";
import { BACKEND_KINDS } from "../../builder/proving/backends/index.ts";
import { buildWorker, type NativeWorker } from "../../builder/proving/backends/native/build.ts";
import { WorkerBuildError } from "../../builder/proving/backends/build.ts";
import { rapidsnarkWorker } from "../../builder/proving/backends/rapidsnark/worker.ts";
import type { Candidate, Measurement } from "./prove/candidate.ts";
import { type BenchCircuit, benchCircuit } from "./prove/circuit.ts";
import { cliCandidate } from "./prove/cli-candidate.ts";
import { poolCandidate } from "./prove/pool-candidate.ts";
import { buildRapidsnarkCli } from "./prove/rapidsnark-cli.ts";
import { type Row, table, type Targets, verdict } from "./prove/table.ts";
import { IS_MEASURED } from "./prove/usage.ts";

const DEFAULT_POWERS = [14, 16, 18];
const SNARKJS_CLI = resolve(import.meta.dirname, "../../node_modules/snarkjs/build/cli.cjs");
const TARGETS: Targets = {
  power: 16,
  ratio: { "snarkjs pool": 0.75, "rapidsnark pool": 0.85, "gnark pool": 0.85 },
  overhead: 20,
};

type Open = (circuit: BenchCircuit, folder: string) => Promise<Candidate>;

/** By the name in the table. */
const CANDIDATES: Readonly<Record<string, Open>> = {
  "snarkjs CLI": async (circuit, folder) =>
    cliCandidate([process.execPath, SNARKJS_CLI, "groth16", "prove"], circuit, folder),
  "snarkjs pool": (circuit) => poolCandidate("snarkjs", circuit),
  "rapidsnark CLI": async (circuit, folder) => {
    const program = await step("building rapidsnark's program", buildRapidsnarkCli);
    return cliCandidate([program], circuit, folder);
  },
  "rapidsnark pool": (circuit) => nativeCandidate(rapidsnarkWorker, circuit),
  "gnark pool": (circuit) => nativeCandidate(gnarkWorker, circuit),
  "snarkrs:cuda": (circuit) => deviceCandidate("snarkrs:cuda", circuit),
  "snarkrs:wgpu": (circuit) => deviceCandidate("snarkrs:wgpu", circuit),
};
/** The program that each pool is compared with. There is none of gnark's for keys of snarkjs. */
const PROGRAM_OF: Readonly<Record<string, string>> = {
  "snarkjs pool": "snarkjs CLI",
  "rapidsnark pool": "rapidsnark CLI",
  "gnark pool": "rapidsnark CLI",
};

/** A row of the table that fills. */
interface Contender {
  readonly name: string;
  readonly candidate?: Candidate;
  readonly measured: Measurement[];
  readonly unavailableReason?: string;
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "3" } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const powers = positionals.length > 0 ? positionals.map(Number) : DEFAULT_POWERS;
if (![rounds, ...powers].every((each) => Number.isSafeInteger(each) && each > 0))
  throw new RangeError("rounds and powers of two are positive whole numbers");

const folder = await mkdtemp(join(tmpdir(), "lockstep-bench-"));
try {
  for (const power of powers) await compare(power);
} finally {
  await rm(folder, { recursive: true });
}

async function compare(power: number): Promise<void> {
  const circuit = await benchCircuit(power, folder);
  const contenders: Contender[] = [];
  try {
    for (const [name, open] of Object.entries(CANDIDATES))
      contenders.push(await step(`${name} gets ready`, () => enter(name, open, circuit)));
    for (let round = 1; round <= rounds; round++)
      for (const { name, candidate, measured } of contenders)
        if (candidate !== undefined)
          measured.push(await step(`2^${power}, round ${round}: ${name}`, () => candidate.prove()));
  } finally {
    await Promise.all(contenders.map(async ({ candidate }) => candidate?.close()));
  }
  report(power, circuit.artefacts.constraints, contenders);
}

async function nativeCandidate(worker: NativeWorker, circuit: BenchCircuit): Promise<Candidate> {
  await step(`building ${worker.name}`, (onStep) => buildWorker(worker, { onStep }));
  return poolCandidate(worker.name, circuit);
}

/** A device, where there is one; no program is compared with it. */
async function deviceCandidate(name: string, circuit: BenchCircuit): Promise<Candidate> {
  const reason = await BACKEND_KINDS.find((kind) => kind.name === name)?.unavailableReason();
  if (reason !== undefined) throw new WorkerBuildError(reason);
  return poolCandidate(name, circuit);
}

/** A machine that cannot build one of them compares the others. */
async function enter(name: string, open: Open, circuit: BenchCircuit): Promise<Contender> {
  try {
    return { name, candidate: await open(circuit, folder), measured: [] };
  } catch (error) {
    if (!(error instanceof WorkerBuildError)) throw error;
    return { name, measured: [], unavailableReason: error.message };
  }
}

function report(power: number, constraints: number, rows: readonly Row[]): void {
  console.log(
    `\n2^${power}: ${constraints} constraints, ${availableParallelism()} processors, medians of ${rounds} rounds`,
  );
  if (!IS_MEASURED) console.log(`CPU time and memory are not measured on ${process.platform}`);
  console.log(table(rows));
  for (const pool of rows) {
    const program = rows.find(({ name }) => name === PROGRAM_OF[pool.name]);
    const line = program && verdict(power, pool, program, TARGETS);
    if (line !== undefined) console.log(line);
  }
}
