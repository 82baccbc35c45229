import { randomUUID } from "node:crypto";
import { link, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MILLISECONDS = 1_000;
/** A lock whose owner has not shown itself for so long is taken over. */
const STALE_MILLISECONDS = 15_000;
const RETRY_MILLISECONDS = 250;

export interface LockOptions {
  /** Called once when another process holds the lock. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` while no other process or caller that uses the same lock file does.
 *
 * The owner touches the file each second, so the lock of a killed process is taken over after a quarter of a
 * minute. A process that was stopped for longer can lose its lock: what it guards must be safe without it,
 * only wasteful.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const owner = randomUUID();
  for (let waiting = false; !(await acquire(path, owner)); waiting = true) {
    if (!waiting) options.onWait?.();
    await sleep(RETRY_MILLISECONDS, undefined, { signal: options.signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that is gone was taken over; then there is nothing to keep alive.
    utimes(path, now, now).catch(() => {
      clearInterval(heartbeat);
    });
  }, HEARTBEAT_MILLISECONDS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await readFile(path, "utf8").catch(() => undefined)) === owner) await rm(path, { force: true });
  }
}

async function acquire(path: string, owner: string): Promise<boolean> {
  // Written beside and linked into place, so that a lock is never seen without its owner's name.
  const candidate = `${path}.${owner}`;
  await writeFile(candidate, owner);
  try {
    await link(candidate, path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > STALE_MILLISECONDS) await rm(path, { force: true });
    return false;
  } finally {
    await rm(candidate, { force: true });
  }
}
