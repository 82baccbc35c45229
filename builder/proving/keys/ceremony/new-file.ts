import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { access, link, rename, rm } from "node:fs/promises";
import { FileExistsError } from "./errors.ts";

/** Signals that end a process at once unless it listens. */
const INTERRUPTIONS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/**
 * What a shell expects of a process that a signal ended is 128 and the signal's number; 130 is that of
 * Ctrl-C.
 */
const INTERRUPTED = 130;

/**
 * A file that is there in full or not at all: `write` fills one under a passing name beside it.
 * @throws `FILE_EXISTS` before any work when `path` is taken, and after it when the path was taken meanwhile.
 */
export async function withNewFile<Result>(
  path: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  return withTemporary(path, async (temporary) => {
    const result = await write(temporary);
    // A link, other than a renaming, never replaces what is there.
    await link(temporary, path).catch(existing(path));
    return result;
  });
}

/**
 * As {@link withNewFile}, for two files that belong together: when the second path was taken meanwhile, the
 * first is free again.
 */
export async function withNewFiles<Result>(
  [path, other]: readonly [string, string],
  write: (temporary: string, otherTemporary: string) => Promise<Result>,
): Promise<Result> {
  return withTemporary(path, (temporary) =>
    withTemporary(other, async (otherTemporary) => {
      const result = await write(temporary, otherTemporary);
      await link(temporary, path).catch(existing(path));
      try {
        await link(otherTemporary, other).catch(existing(other));
      } catch (error) {
        await rm(path);
        throw error;
      }
      return result;
    }),
  );
}

/** As {@link withNewFile}, for a folder, which `write` makes. */
export async function withNewFolder<Result>(
  path: string,
  write: (temporary: string) => Promise<Result>,
): Promise<Result> {
  return withTemporary(path, async (temporary) => {
    const result = await write(temporary);
    // A folder is only ever renamed onto an empty one.
    await rename(temporary, path).catch(existing(path));
    return result;
  });
}

async function withTemporary<Result>(
  path: string,
  work: (temporary: string) => Promise<Result>,
): Promise<Result> {
  if (await exists(path)) throw new FileExistsError(path);
  const temporary = `${path}.${randomUUID()}.tmp`;
  const interrupted = (): void => {
    rmSync(temporary, { recursive: true, force: true });
    process.exit(INTERRUPTED);
  };
  for (const signal of INTERRUPTIONS) process.once(signal, interrupted);
  try {
    return await work(temporary);
  } finally {
    for (const signal of INTERRUPTIONS) process.off(signal, interrupted);
    await rm(temporary, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function existing(path: string): (error: unknown) => never {
  return (error) => {
    const taken = ["EEXIST", "ENOTEMPTY", "ENOTDIR"];
    if (error instanceof Error && "code" in error && taken.some((code) => code === error.code))
      throw new FileExistsError(path);
    throw error;
  };
}
