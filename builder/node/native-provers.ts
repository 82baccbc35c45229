import type { BackendKind } from "../proving/backends/backend.ts";
import { WorkerBuildError } from "../proving/backends/build.ts";
import { BACKEND_KINDS } from "../proving/backends/index.ts";
import { findWorker } from "../proving/backends/native/build.ts";
import { isAdapterPossible } from "../proving/backends/snarkrs/adapters.ts";
import { snarkrsWorker } from "../proving/backends/snarkrs/worker.ts";
import { step } from "./progress.mjs";

/**
 * A network that the Go modules do not come through is not waited for at every start, but when provers are
 * asked for.
 */
const RETRY_AFTER_MS = 24 * 60 * 60 * 1_000;

export interface NativeProverOptions {
  /** Every one, also what failed lately; otherwise the fastest that this machine has tools for. */
  readonly all?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Builds native provers, once. A machine without goes on with what it has.
 * @returns what it lacks for a prover that is not there, a line each.
 */
export async function buildNativeProvers({ all = false, signal }: NativeProverOptions): Promise<string[]> {
  const failures: string[] = [];
  for (const kind of BACKEND_KINDS) {
    if (kind.isDevice === true || kind.onlyByName === true) continue;
    const reason =
      (await kind.unavailableReason()) === undefined ? undefined : await build(kind, all, signal);
    if (reason === undefined && !all) break;
    if (reason !== undefined && reason !== "") failures.push(reason);
  }
  // The fastest is what matters to who only wants to prove, and a GPU where one can be.
  const device = all || (await isAdapterPossible()) ? await buildForDevices(all, signal) : "";
  return [...(all ? failures : failures.slice(0, 1)), ...(device === "" ? [] : [device])];
}

/** Why the program that proves on devices, one for all of them, is still not there; empty if it is. */
async function buildForDevices(all: boolean, signal: AbortSignal | undefined): Promise<string> {
  const device = BACKEND_KINDS.find(({ isDevice }) => isDevice === true);
  if (device === undefined || (await findWorker(snarkrsWorker)) !== undefined) return "";
  return (await build(device, all, signal)) ?? "";
}

/** Why it is still not there; empty for what is not built by us. */
async function build(
  { name, prepareBuild }: BackendKind,
  all: boolean,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (prepareBuild === undefined) return "";
  let report: (text: string) => void = () => undefined;
  try {
    const make = await prepareBuild({
      onStep: (text) => report(text),
      retryAfter: all ? 0 : RETRY_AFTER_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    await step(`building ${name}`, (onStep) => {
      report = onStep;
      return make();
    });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof WorkerBuildError ? error.message : String(error);
    return `${name}, a fast prover, is not there: ${reason}`;
  }
}
