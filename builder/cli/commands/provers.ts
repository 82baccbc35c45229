import { availableParallelism } from "node:os";
import pc from "picocolors";
import type { Artefacts } from "../../proving/circuits/artefacts.ts";
import { executableBackend } from "../../proving/backends/executable/index.ts";
import { BACKEND_KINDS } from "../../proving/backends/index.ts";
import type { CircuitJob } from "../../proving/circuit-job.ts";
import { createLocalProver } from "../../proving/local-prover.ts";
import { prepareCircuits } from "../../node/artefacts.ts";
import { buildNativeProvers } from "../../node/native-provers.ts";
import { step } from "../../node/progress.mjs";
import { IS_INSTALLED } from "../../places/places.ts";
import { standardJob } from "../../kinds/ledger/standard-job.ts";

/** Proofs that are measured, after one that warms up. */
const PROOFS = 3;

export interface ProversOptions {
  /** Path of a program to be measured as well, or name of a backend that is measured only when asked. */
  readonly prover?: string;
}

/** `npm run provers`: what can prove on this machine, how fast, and what the others lack. */
export async function showProvers({ prover }: ProversOptions): Promise<void> {
  if (IS_INSTALLED) await buildNativeProvers({ all: true });
  const circuits = await prepareCircuits();
  const job = await standardJob();
  const circuit = circuits.get(job.circuit);
  if (circuit === undefined) throw new RangeError(`no circuit ${job.circuit}`);
  const { artefacts } = circuit;
  console.log(
    `${job.circuit}, ${artefacts.constraints} constraints, ${availableParallelism()} processors; median of ${PROOFS} proofs`,
  );
  const only = BACKEND_KINDS.find(({ name }) => name === prover)?.name;
  const program = prover === undefined || only !== undefined ? [] : [executableBackend(prover)];
  const kinds = [...BACKEND_KINDS, ...program];
  const width = Math.max(...kinds.map(({ name }) => name.length));
  let chosen = pc.green("  used unless --prover says otherwise");
  let best = Infinity;
  for (const kind of kinds) {
    const { name } = kind;
    const title = `  ${name.padEnd(width)}`;
    const reason = await kind.unavailableReason();
    if (reason !== undefined) {
      console.log(`${title}  ${pc.yellow(reason)}`);
      continue;
    }
    for (const adapter of (await kind.describe?.()) ?? []) console.log(`${title}  ${adapter}`);
    if (kind.onlyByName === true && kind.name !== only) {
      console.log(`${title}  ${pc.dim(`never used unasked; \`--prover ${name}\` measures it`)}`);
      continue;
    }
    const measured = await step(`measuring ${name}`, () => measure(name, artefacts, job)).catch(
      // A driver may show a GPU and lack what compiles for it.
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (typeof measured === "string") {
      console.log(`${title}  ${pc.yellow(`it cannot prove here: ${measured}`)}`);
      continue;
    }
    const { witness, prove } = measured;
    // A device takes part, unasked, for those circuits for which a trial shows that it is faster.
    if (kind.isDevice === true)
      chosen = pc.green(prove < best ? "  takes part: it is faster" : "  takes no part: it is slower");
    console.log(`${title}  witness ${witness.toFixed(0)} ms, proof ${prove.toFixed(0)} ms${chosen}`);
    best = Math.min(best, prove);
    chosen = "";
  }
}

async function measure(
  backend: string,
  artefacts: Artefacts,
  job: CircuitJob,
): Promise<{ readonly witness: number; readonly prove: number }> {
  const prover = await createLocalProver({ artefacts: [artefacts], backend });
  try {
    await prover.prove(job);
    const results = [];
    for (let proof = 0; proof < PROOFS; proof++) results.push(await prover.prove(job));
    return {
      witness: median(results.map(({ witnessMilliseconds }) => witnessMilliseconds)),
      prove: median(results.map(({ proveMilliseconds }) => proveMilliseconds)),
    };
  } finally {
    await prover.close();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
