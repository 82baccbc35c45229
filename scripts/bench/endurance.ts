/**
 * Memory of the pool over many proofs: `npm run bench endurance [proofs] [backend…]`, by default 1,000 by
 * snarkjs, of a circuit of 2^12 constraints. What is held after each tenth must not grow after the first
 * ones. Counts all threads and the native worker.
 */
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { benchCircuit } from "./prove/circuit.ts";
import { residentMebibytesOf } from "./prove/usage.ts";

const POWER = 12;
const TENTHS = 10;

const [count = "1000", ...given] = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), "lockstep-endurance-"));
try {
  const { artefacts, job } = await benchCircuit(POWER, folder);
  for (const backend of given.length > 0 ? given : ["snarkjs"]) {
    const prover = await createLocalProver({ artefacts: [artefacts], backend });
    console.log(`\n${backend}, 2^${POWER} constraints`);
    for (let tenth = 1; tenth <= TENTHS; tenth++) {
      const start = performance.now();
      const each = Math.ceil(Number(count) / TENTHS);
      for (let proof = 0; proof < each; proof++) await prover.prove(job);
      const milliseconds = (performance.now() - start) / each;
      const held = residentMebibytesOf(process.pid);
      console.log(
        `${String(tenth * each).padStart(6)} proofs  rss ${held.toFixed(0)} MiB  ${milliseconds.toFixed(0)} ms each`,
      );
    }
    await prover.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
