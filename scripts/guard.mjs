/**
 * Runs one command in a process group of its own and sees to it that the group ends, whatever ends its
 * starter.
 *
 *     node guard.mjs <executable> [argument…]      (started detached, with an IPC channel, by bootstrap.mjs)
 *
 * The starter signals the whole group, so the guard itself lets signals pass. When the IPC channel closes,
 * the starter is gone (SIGKILL included): the group is asked to stop and, three seconds later, killed.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";

const GRACE_MS = 3_000;
const [executable, ...commandArguments] = process.argv.slice(2);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

function killGroup(signal) {
  try {
    process.kill(-process.pid, signal);
  } catch {
    // No process is left, which is what was wanted.
  }
}

// The command has an IPC channel too: it notices if the guard itself is killed.
const child = spawn(executable, commandArguments, { stdio: ["ignore", "inherit", "inherit", "ipc"] });

// What it tells its starter goes on to ours.
child.on("message", (message) => {
  if (process.connected) process.send(message, undefined, undefined, () => {});
});
child.on("error", (error) => {
  console.error(`${executable} could not be started: ${error.message}`);
  process.exit(127);
});
child.on("exit", (code, signal) => {
  // Without a starter to sweep up the group, the guard does it and dies with it.
  if (!process.connected) killGroup("SIGKILL");
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});
process.on("disconnect", () => {
  killGroup("SIGTERM");
  setTimeout(() => killGroup("SIGKILL"), GRACE_MS);
});
