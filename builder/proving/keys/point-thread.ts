import { workerData } from "node:worker_threads";
import { CurveMemory, type CurveModule, type GroupName } from "./curve-memory.ts";
import { PointCheck } from "./point-check.ts";
import { type WindowTask, windowSums } from "./window-sums.ts";

/** What every thread is started with. */
export interface PointThreadData {
  readonly module: CurveModule;
}

export type PointTask =
  | { readonly do: "check"; readonly group: GroupName; readonly points: Uint8Array }
  | ({ readonly do: "sum" } & WindowTask);

export type PointAnswer =
  | { readonly kind: "checked"; readonly firstInvalid: number | undefined }
  | { readonly kind: "sums"; readonly sums: Uint8Array<ArrayBuffer> };

const environment: unknown = workerData;
if (!isPointThreadData(environment))
  throw new TypeError("This module is the code of the threads that check points");
const memory = CurveMemory.create(environment.module);

export default async function perform(task: PointTask): Promise<PointAnswer> {
  if (task.do === "sum") return { kind: "sums", sums: windowSums(await memory, task) };
  const check = new PointCheck(await memory, task.group);
  return { kind: "checked", firstInvalid: check.firstInvalid(task.points) };
}

function isPointThreadData(data: unknown): data is PointThreadData {
  return typeof data === "object" && data !== null && "module" in data;
}
