import { workerData } from "node:worker_threads";
import { CurveMemory, type CurveModule } from "../../keys/curve-memory.ts";
import { type WindowTask, windowSums } from "../../keys/window-sums.ts";

/** What every thread is started with. */
export interface WindowThreadData {
  readonly module: CurveModule;
}

const environment: unknown = workerData;
if (!isWindowThreadData(environment))
  throw new TypeError("This module is the code of the threads that add up");
const memory = CurveMemory.create(environment.module);

/** {@link windowSums} in a thread, whose memory is made once and kept. */
export default async function sum(task: WindowTask): Promise<Uint8Array<ArrayBuffer>> {
  return windowSums(await memory, task);
}

function isWindowThreadData(data: unknown): data is WindowThreadData {
  return typeof data === "object" && data !== null && "module" in data;
}
