import { workerData } from "node:worker_threads";
import { readBinaryFile } from "../../keys/binary-file.ts";
import type { CurveModule } from "../../keys/curve-memory.ts";
import type { CommitmentKey } from "../../keys/commitment-key.ts";
import type { UnverifiedCommitment, UnverifiedProof } from "../backend.ts";
import { commit } from "./commit.ts";
import { startCurve } from "./curve-threads.ts";
import { proveGroth16 } from "./groth16.ts";
import { MultiExponentiation } from "./multi-exponentiation.ts";

/** What every thread is started with. */
export interface ProveThreadData {
  /** Proving keys by instance: loaded once and shared by all threads. */
  readonly provingKeys: ReadonlyMap<string, Uint8Array<SharedArrayBuffer>>;
  /** Commitment keys likewise, of the circuits that have one. */
  readonly commitmentKeys: ReadonlyMap<string, CommitmentKey>;
  /** Threads that one proof may use. */
  readonly threadsPerProof: number;
  readonly module: CurveModule;
}

export type ProveTask =
  /** @param witness content of the `.wtns` file. */
  | { readonly do: "prove"; readonly circuit: string; readonly witness: Uint8Array }
  /** @param values of the committed wires, 32 bytes each. */
  | { readonly do: "commit"; readonly circuit: string; readonly values: Uint8Array };

export type ProveAnswer =
  ({ readonly kind: "proof" } & UnverifiedProof) | ({ readonly kind: "commitment" } & UnverifiedCommitment);

const environment: unknown = workerData;
if (!isProveThreadData(environment)) throw new TypeError("This module is the code of the prover's threads");
const { provingKeys, commitmentKeys, threadsPerProof, module } = environment;
const engine = start();
/**
 * For what the threads of one proof share. Used again and again: V8 does not count shared memory, and would
 * let it pile up.
 */
let shared = new Uint8Array(new SharedArrayBuffer(0));

/** Makes one proof or commitment. What is thrown is the thread's fault. */
export default async function perform(task: ProveTask): Promise<ProveAnswer> {
  const { circuit } = task;
  const { curve, exponentiation } = await engine;
  const before = performance.now();
  if (task.do === "commit") {
    const key = commitmentKeys.get(circuit);
    if (key === undefined) throw new RangeError(`no commitment key of ${circuit}`);
    const d = await commit(curve, exponentiation, key, share(task.values));
    return { kind: "commitment", d, commitMilliseconds: performance.now() - before };
  }
  const provingKey = provingKeys.get(circuit);
  if (provingKey === undefined) throw new RangeError(`no proving key of ${circuit}`);
  const wires = share(readBinaryFile(task.witness, "wtns", "The witness").section(2));
  const result = await proveGroth16(curve, exponentiation, provingKey, wires);
  return { kind: "proof", ...result, proveMilliseconds: performance.now() - before };
}

function share(bytes: Uint8Array): Uint8Array {
  if (shared.length < bytes.length) shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared.subarray(0, bytes.length);
}

async function start() {
  const curve = await startCurve(threadsPerProof);
  return { curve, exponentiation: await MultiExponentiation.start(curve, module, threadsPerProof) };
}

function isProveThreadData(data: unknown): data is ProveThreadData {
  return (
    typeof data === "object" && data !== null && "provingKeys" in data && data.provingKeys instanceof Map
  );
}
