import { BackendFailedError } from "../errors.ts";

/**
 * Lets a backend work, but not for longer than `limit` milliseconds from when it can start, and not after
 * `signal` fires.
 * @param name of the backend.
 * @param run has it work.
 * @throws {BackendFailedError} when it takes too long; the signal's reason; whatever the backend throws.
 */
export async function inTime<Result>(
  name: string,
  run: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  limit: number,
  started: Promise<void>,
): Promise<Result> {
  const late = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const either = AbortSignal.any([signal, late.signal]);
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  void started.then(() => {
    if (hasEnded) return;
    timer = setTimeout(() => {
      late.abort(new BackendFailedError(name, `no proof within ${Math.round(limit)} ms`));
    }, limit);
  });
  const stop = (): void => reject(either.reason);
  either.addEventListener("abort", stop);
  // Backends that ignore the signal are left alone with what they do, and one that throws before it returns
  // is like any other.
  const work = (async () => run(either))();
  try {
    return await Promise.race([work, stopped]);
  } finally {
    hasEnded = true;
    clearTimeout(timer);
    either.removeEventListener("abort", stop);
    work.catch(() => undefined);
  }
}
