import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BackendFailedError } from "../../errors.ts";
import { checkedProvingKeys } from "../../load-circuit.ts";
import { CACHE_FOLDER } from "../../../places/places.ts";
import type { Backend, BackendOptions, UnverifiedProof, WitnessJob } from "../backend.ts";
import { FRAME_FORMAT, WorkerProcess } from "../native/worker-process.ts";

/** What a device is spoken to through. `software` is wgpu on any adapter. */
export type Api = "cuda" | "wgpu" | "software" | "cpu";

/** What the worker calls it: its API, and whether an adapter in software will do. */
const GIVEN: Readonly<Record<Api, readonly [api: string, adapters: string]>> = {
  cuda: ["cuda", "hardware"],
  wgpu: ["wgpu", "hardware"],
  software: ["wgpu", "any"],
  cpu: ["cpu", "any"],
};

/** A byte behind the letter says which key. */
const KEYED_FRAMES = `${FRAME_FORMAT}+keys`;
/** Compiled kernels, which take minutes without it: the worker's own, and those of drivers. */
const CACHE = join(CACHE_FOLDER, "gpu-cache");

/**
 * One process for all circuits: a device is opened and its kernels are compiled once. A process that died is
 * replaced for the next proof.
 * @param program what `buildWorker` made.
 * @throws `KEY_CORRUPT`, `WRONG_KEY`.
 */
export async function openDevice(
  name: string,
  api: Api,
  program: string,
  { circuits, threads }: BackendOptions,
): Promise<Backend> {
  const keys = await checkedProvingKeys(circuits);
  await mkdir(CACHE, { recursive: true });
  const numbers = new Map([...keys.keys()].map((circuit, number) => [circuit, number]));
  const paths = [...keys.values()].flatMap(({ zkey, commitmentKey }) => [zkey, commitmentKey ?? "-"]);
  const given = ["serve", GIVEN[api][0], String(threads), GIVEN[api][1], ...paths];
  const environment = {
    ...process.env,
    G16_CUDA_CACHE: join(CACHE, "nvrtc"),
    CUDA_CACHE_PATH: join(CACHE, "driver"),
    __GL_SHADER_DISK_CACHE_PATH: join(CACHE, "vulkan"),
    MESA_SHADER_CACHE_DIR: join(CACHE, "vulkan"),
  };
  let running: WorkerProcess | undefined;
  let isClosed = false;

  async function answerOf<T>(ask: (process: WorkerProcess) => Promise<T>): Promise<T> {
    if (isClosed) throw new BackendFailedError(name, "it was closed");
    if (running?.isAlive !== true)
      running = new WorkerProcess(program, given, { format: KEYED_FRAMES, environment });
    try {
      return await ask(running);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new BackendFailedError(name, reason, { cause });
    }
  }

  function numberOf(circuit: string): number {
    const key = numbers.get(circuit);
    if (key === undefined) throw new RangeError(`no proving key of ${circuit}`);
    return key;
  }

  async function prove({ circuit, witness }: WitnessJob, signal: AbortSignal): Promise<UnverifiedProof> {
    const [key, content] = [numberOf(circuit), await witness()];
    return await answerOf((process) => process.prove(content, signal, key));
  }

  return {
    name,
    // A device has one queue.
    slots: 1,
    circuits: new Set(keys.keys()),
    prepare: () => answerOf((process) => process.ready()),
    prove,
    async commit({ circuit, values }, signal) {
      const key = numberOf(circuit);
      return await answerOf((process) => process.commit(values(), signal, key));
    },
    proveCommitted: prove,
    async close() {
      isClosed = true;
      await running?.kill();
    },
  };
}
