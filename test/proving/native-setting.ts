import { readdirSync, readFileSync } from "node:fs";
import { buildWorker, type NativeWorker } from "../../builder/proving/backends/native/build.ts";
import { WorkerBuildError } from "../../builder/proving/backends/build.ts";
import { loadCircuit } from "../../builder/proving/load-circuit.ts";
import { calculateWitness } from "../../builder/proving/threads/witness.ts";
import { testArtefacts } from "./keys/setting.ts";
import { BITS_INPUT } from "./setting.ts";

/** The content of the `.wtns` file of `BITS_JOB`. */
export async function bitsWitness(): Promise<Uint8Array<ArrayBuffer>> {
  return calculateWitness((await loadCircuit(await testArtefacts("bits"))).wasm, BITS_INPUT);
}

/** The path of the worker, or why this machine has none. */
export async function workerHere(
  worker: NativeWorker,
): Promise<{ readonly program: string } | { readonly reason: string }> {
  try {
    return { program: await buildWorker(worker) };
  } catch (error) {
    if (error instanceof WorkerBuildError) return { reason: error.message };
    throw error;
  }
}

/** Processes of a program that live, by id and parent, as Linux tells. */
export function processesOf(name: string): { readonly pid: number; readonly parent: number }[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const [, program, state, parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(statOf(entry)) ?? [];
      return program === name && state !== "Z" ? [{ pid: Number(entry), parent: Number(parent) }] : [];
    });
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}
