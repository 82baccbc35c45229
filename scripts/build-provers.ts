/**
 * Builds native provers, once: the fastest that this machine has the tools for, or with `--all` every one. A machine without goes on
 * with what it has and is told what it lacks; nothing that goes wrong here keeps a command from running. Run by
 * `scripts/bootstrap.mjs`.
 */
import pc from "picocolors";
import { step } from "../builder/devnet/progress.mjs";
import type { BackendKind } from "../builder/proof/backends/backend.ts";
import { BACKEND_KINDS } from "../builder/proof/backends/index.ts";
import { WorkerBuildError } from "../builder/proof/backends/native/tools.ts";

const isForAll = process.argv.includes("--all");
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stop.abort();
  });
}

for (const kind of BACKEND_KINDS) {
  const isThere = (await kind.obstacle()) === undefined || (await build(kind));
  if (isThere && !isForAll) break;
}

/** Whether it is there now. */
async function build({ name, build: make }: BackendKind): Promise<boolean> {
  if (make === undefined) return false;
  try {
    await step(`building ${name}`, (onStep) => make({ onStep, signal: stop.signal }));
    return true;
  } catch (error) {
    if (stop.signal.aborted) process.exit(130);
    const reason = error instanceof WorkerBuildError ? error.message : String(error);
    console.error(pc.yellow(`  ${name}, a fast prover, is not there: ${reason}`));
    return false;
  }
}
