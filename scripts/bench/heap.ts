/**
 * What proofs by snarkjs leave behind: `npm run bench heap [proofs]`, by default 500, of a circuit of 2^12
 * constraints. The proving thread's heap and buffers after each tenth and a collection. `endurance` shows
 * what the process holds between collections.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { compileCurve } from "../../builder/proving/keys/curve-module.ts";
import type { ProveThreadData } from "../../builder/proving/backends/snarkjs/prove-thread.ts";
import { loadProvingKey } from "../../builder/proving/load-circuit.ts";
import { benchCircuit } from "./prove/circuit.ts";

const POWER = 12;
const TENTHS = 10;
const THREADS = 2;

const left = z.tuple([z.object({ heapUsed: z.number(), arrayBuffers: z.number() })]);
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

const [count = "500"] = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), "lockstep-heap-"));
try {
  const { artefacts, witness } = await benchCircuit(POWER, folder);
  const workerData: ProveThreadData = {
    provingKeys: new Map([[artefacts.instance, await loadProvingKey(artefacts)]]),
    commitmentKeys: new Map(),
    threadsPerProof: THREADS,
    module: await compileCurve(),
  };
  // What is started from now on can collect.
  setFlagsFromString("--expose-gc");
  const thread = new Worker(new URL("./heap/proving-thread.ts", import.meta.url), { workerData });
  const content = new Uint8Array(await readFile(witness));
  const proofs = Math.ceil(Number(count) / TENTHS);
  for (let tenth = 1; tenth <= TENTHS; tenth++) {
    thread.postMessage({ circuit: artefacts.instance, witness: content, proofs });
    const answer: unknown = await once(thread, "message");
    const [{ heapUsed, arrayBuffers }] = left.parse(answer);
    console.log(
      `${String(tenth * proofs).padStart(6)} proofs  heap ${mebibytes(heapUsed)} MiB  buffers ${mebibytes(arrayBuffers)} MiB`,
    );
  }
  await thread.terminate();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
