import { execFile } from "node:child_process";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);
/** A driver that hangs is not waited for. */
const TIMEOUT_MS = 10_000;
const GIBIBYTE = 2 ** 30;

/** What this machine is, beside its adapters. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGibibytes: number;
  readonly system: string;
  readonly node: string;
  /** What nvidia-smi says of GPUs, a line each; nothing where there is none. */
  readonly gpus: readonly string[];
}

export async function machineHere(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    processors: availableParallelism(),
    memoryGibibytes: totalmem() / GIBIBYTE,
    system: `${type()} ${release()}`,
    node: process.version,
    gpus: await ask("name,driver_version,memory.total"),
  };
}

/** What is used of the first GPU's memory, where NVIDIA's driver tells. */
export async function gpuMebibytes(): Promise<number | undefined> {
  const [line] = await ask("memory.used");
  return line === undefined ? undefined : Number.parseFloat(line);
}

async function ask(what: string): Promise<string[]> {
  try {
    const { stdout } = await run("nvidia-smi", [`--query-gpu=${what}`, "--format=csv,noheader"], {
      timeout: TIMEOUT_MS,
    });
    return stdout.trim().split("\n");
  } catch {
    return [];
  }
}
