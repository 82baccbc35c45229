import { readFile } from "node:fs/promises";
import { workerData } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { CurveModule } from "../keys/curve-memory.ts";
import type { CircuitInput } from "../circuit-job.ts";
import type { LoadedCircuit } from "../load-circuit.ts";
import type { G1Point } from "../keys/verification-key.ts";
import type { CommittedProof, Groth16Proof } from "../prover.ts";
import { commit } from "../backends/snarkjs/commit.ts";
import { startCurve } from "../backends/snarkjs/curve-threads.ts";
import { MultiExponentiation } from "../backends/snarkjs/multi-exponentiation.ts";
import { ProofVerifier } from "./proof-verifier.ts";
import { violatedConstraint } from "./satisfies.ts";
import { calculateWitness, WitnessError } from "./witness.ts";

/** What every thread is started with. */
export interface ThreadData {
  readonly circuits: ReadonlyMap<string, LoadedCircuit>;
  readonly curve: CurveModule;
}

export type ThreadTask =
  | { readonly do: "witness"; readonly circuit: string; readonly input: CircuitInput }
  | {
      readonly do: "verify";
      readonly circuit: string;
      readonly publicSignals: readonly bigint[];
      readonly proof: Groth16Proof | CommittedProof;
    }
  | { readonly do: "check"; readonly circuit: string; readonly witness: Uint8Array }
  /** @param values of the committed wires, 32 bytes each. */
  | { readonly do: "commit"; readonly circuit: string; readonly values: Uint8Array };

export type ThreadAnswer =
  | {
      readonly kind: "witness";
      readonly witness: Uint8Array<ArrayBuffer>;
      readonly milliseconds: number;
    }
  /** The circuit refuses the input. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "verified"; readonly isValid: boolean }
  | { readonly kind: "checked"; readonly violated: number | undefined }
  | { readonly kind: "commitment"; readonly d: G1Point; readonly milliseconds: number };

const environment: unknown = workerData;
if (!isThreadData(environment)) throw new TypeError("This module is the code of the witness threads");
const { circuits, curve } = environment;
/** By circuit, each made for the first proof. */
const verifiers = new Map<string, Promise<ProofVerifier>>();
/** Made for the first commitment: few threads make any. */
let engine: ReturnType<typeof startEngine> | undefined;

/** What the job's fault is, is an answer; whatever is thrown is the thread's. */
export default async function perform(task: ThreadTask): Promise<ThreadAnswer | HandedOver> {
  const answer = await answerTo(task);
  return answer.kind === "witness" ? handOver(answer, answer.witness.buffer) : answer;
}

/** What Piscina makes a `ThreadAnswer` of on the other side. */
type HandedOver = ReturnType<typeof move>;

/** An answer whose memory goes along instead of being copied: a witness has megabytes. */
function handOver(answer: ThreadAnswer, memory: ArrayBuffer): HandedOver {
  return move({ [transferableSymbol]: [memory], [valueSymbol]: answer });
}

async function answerTo(task: ThreadTask): Promise<ThreadAnswer> {
  const circuit = circuits.get(task.circuit);
  if (circuit === undefined) throw new RangeError(`no circuit ${task.circuit}`);
  if (task.do === "verify") {
    const verifier = verifiers.get(task.circuit) ?? ProofVerifier.create(curve, circuit.verificationKey);
    verifiers.set(task.circuit, verifier);
    return { kind: "verified", isValid: (await verifier).verify(task.publicSignals, task.proof) };
  }
  if (task.do === "check") {
    return { kind: "checked", violated: violatedConstraint(await readFile(circuit.r1cs), task.witness) };
  }
  const start = performance.now();
  if (task.do === "commit") {
    if (circuit.committed === undefined) throw new RangeError(`${task.circuit} has no committed wires`);
    engine ??= startEngine();
    const { bn254, exponentiation } = await engine;
    const d = await commit(bn254, exponentiation, circuit.committed.key, task.values);
    return { kind: "commitment", d, milliseconds: performance.now() - start };
  }
  try {
    const witness = await calculateWitness(circuit.wasm, task.input);
    return { kind: "witness", witness, milliseconds: performance.now() - start };
  } catch (error) {
    if (error instanceof WitnessError) return { kind: "refused", reason: error.message };
    throw error;
  }
}

async function startEngine() {
  const bn254 = await startCurve(1);
  return { bn254, exponentiation: await MultiExponentiation.start(bn254, curve, 1) };
}

function isThreadData(data: unknown): data is ThreadData {
  return (
    typeof data === "object" &&
    data !== null &&
    "circuits" in data &&
    "curve" in data &&
    data.circuits instanceof Map
  );
}
