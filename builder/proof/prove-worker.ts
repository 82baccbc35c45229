import { workerData } from "node:worker_threads";
import { readBinaryFile } from "../keys/binary-file.ts";
import type { VerificationKey } from "../keys/verification-key.ts";
import type { CircuitInput } from "../kinds/kind.ts";
import { startCurve } from "./curve-threads.ts";
import { proveGroth16 } from "./groth16.ts";
import type { Groth16Proof } from "./prover.ts";
import { verifyProof } from "./verify.ts";
import { calculateWitness, WitnessError } from "./witness.ts";

/** A circuit as the threads get it: loaded once and shared by all of them. */
export interface LoadedCircuit {
  readonly wasm: WebAssembly.Module;
  readonly zkey: Uint8Array<SharedArrayBuffer>;
  readonly verificationKey: VerificationKey;
  readonly publicSignals: readonly string[];
}

/** What every thread is started with. */
export interface ProveWorkerData {
  readonly circuits: ReadonlyMap<string, LoadedCircuit>;
  /** Threads that one proof may use. */
  readonly threadsPerProof: number;
}

export interface ProveTask {
  readonly circuit: string;
  readonly input: CircuitInput;
}

export type ProveOutcome =
  | {
      readonly kind: "proven";
      readonly proof: Groth16Proof;
      readonly publicSignals: readonly bigint[];
      readonly witnessMilliseconds: number;
      readonly proveMilliseconds: number;
    }
  | { readonly kind: "refused"; readonly reason: string };

const environment: unknown = workerData;
if (!isProveWorkerData(environment)) throw new TypeError("This module is the code of the prover's threads");
const { circuits, threadsPerProof } = environment;
const curve = startCurve(threadsPerProof);

/** Makes one proof and verifies it. What is the job's fault is an outcome; whatever is thrown is the thread's. */
export default async function prove({ circuit, input }: ProveTask): Promise<ProveOutcome> {
  const loaded = circuits.get(circuit);
  if (loaded === undefined) return { kind: "refused", reason: "the thread does not know the circuit" };
  const start = performance.now();
  let witness: Uint8Array;
  try {
    witness = await calculateWitness(loaded.wasm, input);
  } catch (error) {
    if (error instanceof WitnessError) return { kind: "refused", reason: error.message };
    throw error;
  }
  const proveStart = performance.now();
  const { proof, publicSignals } = await proveGroth16(
    await curve,
    loaded.zkey,
    readBinaryFile(witness, "wtns", "The witness").section(2),
  );
  const changed = loaded.publicSignals.find((name, index) => {
    const given = input[name];
    return typeof given === "bigint" && given !== publicSignals[index];
  });
  if (changed !== undefined)
    return { kind: "refused", reason: `public signal ${changed} is not the input's` };
  if (!verifyProof(loaded.verificationKey, publicSignals, proof)) {
    return {
      kind: "refused",
      reason: "the proof does not verify: the witness violates a constraint or the key is damaged",
    };
  }
  const end = performance.now();
  return {
    kind: "proven",
    proof,
    publicSignals,
    witnessMilliseconds: proveStart - start,
    proveMilliseconds: end - proveStart,
  };
}

function isProveWorkerData(data: unknown): data is ProveWorkerData {
  return typeof data === "object" && data !== null && "circuits" in data && data.circuits instanceof Map;
}
