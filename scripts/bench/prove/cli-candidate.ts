import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { snarkjsProof, snarkjsPublicSignals } from "../../../builder/proving/backends/snarkjs-format.ts";
import { verifyProof } from "../../../test/proving/reference-verification.ts";
import type { Candidate, Measurement } from "./candidate.ts";
import type { BenchCircuit } from "./circuit.ts";
import { cpuSecondsOfEnded, peakMebibytesOf } from "./usage.ts";

/** How often the memory of a program that runs is read. */
const SAMPLE_MS = 10;

/**
 * A program that is started anew for each proof, and reads its files each time.
 * @param command with which it starts; key, witness, proof and public signals are added.
 * @param folder of its output.
 */
export function cliCandidate(command: readonly string[], circuit: BenchCircuit, folder: string): Candidate {
  const [proof, publicSignals] = [join(folder, "proof.json"), join(folder, "public.json")] as const;
  const line = [...command, circuit.artefacts.zkey, circuit.witness, proof, publicSignals];
  return {
    async prove() {
      const measured = await run(line);
      await verify(circuit, proof, publicSignals);
      return measured;
    },
    close: async () => undefined,
  };
}

/** Only one at a time: what ended children used is told as one sum. */
async function run([program = "", ...given]: readonly string[]): Promise<Measurement> {
  const cpuBefore = cpuSecondsOfEnded();
  const start = performance.now();
  const child = spawn(program, given, { stdio: ["ignore", "ignore", "pipe"] });
  const said = text(child.stderr);
  let peakMebibytes = 0;
  const sampling = setInterval(() => {
    if (child.pid !== undefined) peakMebibytes = Math.max(peakMebibytes, peakMebibytesOf(child.pid));
  }, SAMPLE_MS);
  try {
    const exit: unknown[] = await once(child, "exit");
    const wall = performance.now() - start;
    if (exit[0] !== 0) throw new Error(`${program} ended with ${exit.join(" ")}: ${await said}`);
    return { wall, cpuSeconds: cpuSecondsOfEnded() - cpuBefore, peakMebibytes };
  } finally {
    clearInterval(sampling);
  }
}

async function verify(circuit: BenchCircuit, proof: string, publicSignals: string): Promise<void> {
  const [made, signals] = await Promise.all([readFile(proof, "utf8"), readFile(publicSignals, "utf8")]);
  const stated = snarkjsPublicSignals.parse(JSON.parse(signals));
  if (stated.join() !== circuit.publicSignals.join()) throw new Error("the proof is of other public signals");
  if (!verifyProof(circuit.verificationKey, stated, snarkjsProof.parse(JSON.parse(made))))
    throw new Error("the proof does not verify");
}
