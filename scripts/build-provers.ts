/**
 * Builds native provers, once: the fastest that this machine has the tools for, or with `--all` every one. A
 * machine without goes on with what it has and is told what it lacks; nothing that goes wrong here keeps a
 * command from running. Run by `scripts/bootstrap.mjs`.
 */
import pc from "picocolors";
import { buildNativeProvers } from "../builder/node/native-provers.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    stop.abort();
  });
}

try {
  const all = process.argv.includes("--all");
  for (const line of await buildNativeProvers({ all, signal: stop.signal }))
    console.error(pc.yellow(`  ${line}`));
} catch (error) {
  if (!stop.signal.aborted) throw error;
  process.exitCode = 130;
}
