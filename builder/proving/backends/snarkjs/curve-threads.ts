import { registerHooks } from "node:module";
import { cpus } from "node:os";
import type { Curve } from "ffjavascript";

/**
 * BN254 on ffjavascript's threads for use inside of a worker thread, where the library does not start by
 * itself.
 * @param threads 1: everything runs in the calling thread. More: ffjavascript starts one thread per
 * processor, which end with the calling thread.
 */
export async function startCurve(threads: number): Promise<Curve> {
  const replacement = new URL("./nested-worker.ts", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "web-worker" ? { url: replacement, shortCircuit: true } : next(specifier, context),
  });
  // Loaded only now: the hook has to be there first.
  const { buildBn128 } = await import("ffjavascript");
  return buildBn128(threads === 1 || cpus().length === 1);
}
