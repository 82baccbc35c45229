import { CurveMemory, type CurveModule } from "../../../keys/curve-memory.ts";
import { type WindowTask, windowSums } from "./window-sums.ts";

let memory: Promise<CurveMemory> | undefined;

/** {@link windowSums} in a thread, whose memory is made once and kept. */
export default async function sum({
  curve,
  ...task
}: WindowTask & { readonly curve: CurveModule }): Promise<Uint8Array<ArrayBuffer>> {
  memory ??= CurveMemory.create(curve);
  return windowSums(await memory, task);
}
