import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import { loadArtefacts } from "../../../builder/proving/circuits/load.ts";
import { step } from "../../../builder/node/progress.mjs";
import type { VerificationKey } from "../../../builder/proving/keys/verification-key.ts";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import { loadCircuit } from "../../../builder/proving/load-circuit.ts";
import { calculateWitness } from "../../../builder/proving/threads/witness.ts";
import { FIELD_MODULUS, fieldElement } from "../../../builder/protocol/ids.ts";

const CIRCUITS = resolve(import.meta.dirname, "../circuits");
/** Cache of everything that benches build. */
export const BENCH_CACHE = resolve(import.meta.dirname, "../../../.lockstep/bench");

/** Length of the input `seed` of `chain.circom`. */
const SEED_LENGTH = 61;

/** What all candidates prove: one circuit, one key, one witness. */
export interface BenchCircuit {
  readonly artefacts: Artefacts;
  readonly verificationKey: VerificationKey;
  readonly job: CircuitJob;
  readonly publicSignals: readonly bigint[];
  /** Path of a `.wtns` file: the witness of the job. */
  readonly witness: string;
}

/**
 * The circuit that fills a domain of 2^power; compiled, and its key made, if that has not been done.
 * @param folder where the witness is written.
 * @throws `UNKNOWN_CIRCUIT` for powers that `circuits.json` does not declare.
 */
export async function benchCircuit(power: number, folder: string): Promise<BenchCircuit> {
  const name = `chain${power}`;
  const loaded = await step(`circuit and key for 2^${power}`, (report) =>
    loadArtefacts([name], {
      circuits: CIRCUITS,
      cache: BENCH_CACHE,
      onProgress: ({ step: current, fraction }) =>
        report(fraction === undefined ? current : `${current} ${Math.floor(fraction * 100)} %`),
    }),
  );
  const artefacts = loaded.get(name);
  if (artefacts === undefined) throw new RangeError(`no artefacts of ${name}`);
  const { wasm, verificationKey } = await loadCircuit(artefacts);
  const job = jobOf(name);
  const witness = join(folder, `${name}.wtns`);
  await step("witness", async () => writeFile(witness, await calculateWitness(wasm, job.input)));
  return { artefacts, verificationKey, job, publicSignals: PUBLIC_SIGNALS, witness };
}

/** Full-size numbers, as in use: verification multiplies by them. */
const COMMITMENT = fieldElement(FIELD_MODULUS / 3n);
const PUBLIC_SIGNALS = [COMMITMENT, FIELD_MODULUS / 5n, FIELD_MODULUS / 7n];

/**
 * The job whose witness it is: the same for every process.
 * @param circuit name of an instance of `chain.circom`.
 */
export function jobOf(circuit: string): CircuitJob {
  const [, challenge = 0n, evaluation = 0n] = PUBLIC_SIGNALS;
  const seed = Array.from({ length: SEED_LENGTH }, (_, index) => BigInt(index + 11));
  return {
    circuit,
    input: { commitment: COMMITMENT, challenge, evaluation, seed },
    commitment: COMMITMENT,
  };
}
