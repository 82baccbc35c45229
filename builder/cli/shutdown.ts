import { once } from "node:events";

/**
 * A signal that fires when this process should stop: on Ctrl-C, SIGTERM, SIGHUP, or when the process that
 * started it is gone. A second signal ends the process at once.
 * @param atOnce what must be done even then; synchronous.
 */
export function untilShutdown(atOnce: () => void): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      atOnce();
      process.exit(130);
    }
    controller.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  if (process.connected) {
    process.once("disconnect", stop);
    // Waiting for news of the starter is no reason to stay.
    process.channel?.unref();
  } else if (wasStartedByProgram()) stop();
  return controller.signal;
}

/** True where there was a channel to the starter, even if it has gone before this process looked. */
function wasStartedByProgram(): boolean {
  return process.send !== undefined;
}

/** Waits until this process should stop, where nothing has to be done at once. */
export async function shutdownAsked(): Promise<void> {
  const shutdown = untilShutdown(() => undefined);
  if (!shutdown.aborted) await once(shutdown, "abort");
}
