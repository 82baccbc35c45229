/**
 * Builds native provers, once: the fastest that this machine has the tools for, or with `--all` every one. A
 * machine without goes on with what it has and is told what it lacks; nothing that goes wrong here keeps a
 * command from running. Run by `scripts/bootstrap.mjs`.
 */
import pc from "picocolors";
import { step } from "../builder/node/progress.mjs";
import type { BackendKind } from "../builder/proving/backends/backend.ts";
import { WorkerBuildError } from "../builder/proving/backends/build.ts";
import { BACKEND_KINDS } from "../builder/proving/backends/index.ts";

/**
 * A network that the Go modules do not come through is not waited for at every start, but when provers are
 * asked for.
 */
const RETRY_AFTER_MS = 24 * 60 * 60 * 1_000;

const isForAll = process.argv.includes("--all");
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stop.abort();
  });
}

const failures: string[] = [];
for (const kind of BACKEND_KINDS) {
  const isThere = (await kind.unavailableReason()) === undefined || (await build(kind));
  if (isThere && !isForAll) break;
}
// The fastest is what matters to who only wants to prove.
for (const line of isForAll ? failures : failures.slice(0, 1)) console.error(pc.yellow(line));

/** Whether it is there now. */
async function build({ name, prepareBuild }: BackendKind): Promise<boolean> {
  if (prepareBuild === undefined) return false;
  let report: (text: string) => void = () => undefined;
  try {
    const make = await prepareBuild({
      onStep: (text) => report(text),
      signal: stop.signal,
      retryAfter: isForAll ? 0 : RETRY_AFTER_MS,
    });
    await step(`building ${name}`, (onStep) => {
      report = onStep;
      return make();
    });
    return true;
  } catch (error) {
    if (stop.signal.aborted) process.exit(130);
    const reason = error instanceof WorkerBuildError ? error.message : String(error);
    failures.push(`  ${name}, a fast prover, is not there: ${reason}`);
    return false;
  }
}
