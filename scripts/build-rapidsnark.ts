/**
 * Builds rapidsnark's worker, once, where there are a Go toolchain and a C++ compiler. A machine without goes on with snarkjs and
 * is told what it lacks; nothing that goes wrong here keeps a command from running. Run by `scripts/bootstrap.mjs`.
 */
import pc from "picocolors";
import { step } from "../builder/devnet/progress.mjs";
import {
  buildWorker,
  findTools,
  findWorker,
  RapidsnarkBuildError,
} from "../builder/proof/backends/rapidsnark/build.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stop.abort();
  });
}

try {
  if ((await findWorker()) === undefined) {
    await findTools();
    await step("building rapidsnark", (report) => buildWorker({ onStep: report, signal: stop.signal }));
  }
} catch (error) {
  if (stop.signal.aborted) process.exit(130);
  const reason = error instanceof RapidsnarkBuildError ? error.message : String(error);
  console.error(
    pc.yellow(`  proofs are made by snarkjs: rapidsnark, several times as fast, is not there; ${reason}`),
  );
}
