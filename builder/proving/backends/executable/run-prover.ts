import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UnverifiedProof } from "../backend.ts";
import { snarkjsProof, snarkjsPublicSignals } from "../snarkjs-format.ts";

/** Characters of a program's output that are kept for a message. */
const OUTPUT_LIMIT = 300;

export interface ProverCall {
  readonly program: string;
  /** Path of the key. */
  readonly zkey: string;
  /** Content of the `.wtns` file. */
  readonly witness: Uint8Array;
  readonly threads: number;
  /** Kills the program. */
  readonly signal: AbortSignal;
}

/**
 * Runs `program <zkey> <wtns> <proof.json> <public.json>` in a folder of its own, which is removed
 * afterwards.
 */
export async function runProver({
  program,
  zkey,
  witness,
  threads,
  signal,
}: ProverCall): Promise<UnverifiedProof> {
  const folder = await mkdtemp(join(tmpdir(), "lockstep-prover-"));
  const [wtns, proof, publicSignals] = ["witness.wtns", "proof.json", "public.json"].map((name) =>
    join(folder, name),
  );
  if (wtns === undefined || proof === undefined || publicSignals === undefined)
    throw new RangeError("three files");
  try {
    await writeFile(wtns, witness);
    const start = performance.now();
    await succeed(program, [zkey, wtns, proof, publicSignals], threads, signal);
    const proveMilliseconds = performance.now() - start;
    // One after the other: where both are missing, the message always names the same one.
    const proofText = await readFile(proof, "utf8");
    const publicText = await readFile(publicSignals, "utf8");
    return {
      proof: snarkjsProof.parse(JSON.parse(proofText)),
      publicSignals: snarkjsPublicSignals.parse(JSON.parse(publicText)),
      proveMilliseconds,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Resolves when the program ended with 0. */
async function succeed(
  program: string,
  given: readonly string[],
  threads: number,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(program, given, {
    stdio: ["ignore", "pipe", "pipe"],
    // rapidsnark's older versions take their threads from OpenMP.
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  signal.addEventListener("abort", kill);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      // Not "close": what the program started may hold its output open, and is not waited for.
      child.once("exit", (code, killedBy) => {
        if (code === 0) resolve();
        else
          reject(new Error(`it ended (${killedBy ?? `exit code ${code ?? "unknown"}`}): ${output.trim()}`));
      });
    });
  } finally {
    signal.removeEventListener("abort", kill);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
