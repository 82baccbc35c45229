/**
 * The proving thread of the snarkjs backend, asked for proofs by `heap.ts`; answers with what is left of them
 * after a collection.
 */
import { parentPort } from "node:worker_threads";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import perform from "../../../builder/proving/backends/snarkjs/prove-thread.ts";

const request = z.object({ circuit: z.string(), witness: z.instanceof(Uint8Array), proofs: z.number() });

const { gc: collect } = globalThis;
if (collect === undefined || parentPort === null) throw new TypeError("this is a thread of heap.ts");
const port = parentPort;

port.on("message", (message) => void answer(message));

async function answer(message: unknown): Promise<void> {
  const { circuit, witness, proofs } = request.parse(message);
  for (let proof = 0; proof < proofs; proof++)
    await perform({ do: "prove", circuit, witness: new Uint8Array(witness) });
  collect?.();
  // What the first one finds free is given back by the second.
  await sleep(50);
  collect?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  port.postMessage({ heapUsed, arrayBuffers });
}
