import { mkdir, readdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";
import { MemoryLevel } from "memory-level";
import { CorruptStateError, ForeignStateError, StateLockedError, StateUnavailableError } from "./errors.ts";

export type Write =
  | { readonly type: "put"; readonly key: string; readonly value: string }
  | { readonly type: "del"; readonly key: string };

/** An ordered map from text to text. */
export interface Database {
  get(key: string): Promise<string | undefined>;
  /** Entries with `gte` ≤ key < `lt`, in order of key. */
  entries(range: {
    gte?: string;
    lt?: string;
    reverse?: boolean;
    limit?: number;
  }): AsyncIterable<[string, string]>;
  /** All of it or nothing, and on disk before it returns. */
  write(writes: Write[]): Promise<void>;
  close(): Promise<void>;
}

/** Names that LevelDB gives its files. */
const LEVELDB_FILE = /^(CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(log|ldb|sst|dbtmp))$/;

/** A database that lives as long as the process. */
export async function openInMemory(): Promise<Database> {
  const database = new MemoryLevel<string, string>();
  await database.open();
  return {
    get: (key) => database.get(key),
    entries: (range) => database.iterator(range),
    write: (writes) => database.batch(writes),
    close: () => database.close(),
  };
}

/**
 * Opens the LevelDB in `folder`, making it when the folder is empty or missing.
 * @throws `FOREIGN_STATE` when other files lie there, `STATE_LOCKED`, `CORRUPT_STATE`, `STATE_UNAVAILABLE`.
 */
export async function openInFolder(folder: string): Promise<Database> {
  const stranger = await firstForeignFile(folder);
  if (stranger !== undefined) throw new ForeignStateError(folder, `it holds ${stranger}`);
  const database = new ClassicLevel<string, string>(folder);
  try {
    await database.open();
  } catch (error) {
    const code = codeOf(error instanceof Error ? (error.cause ?? error) : error);
    if (code === "LEVEL_LOCKED") throw new StateLockedError(folder, error);
    if (code === "LEVEL_CORRUPTION") throw new CorruptStateError(folder, "LevelDB cannot open it", error);
    throw new StateUnavailableError(folder, "cannot be opened", error);
  }
  return {
    get: (key) => database.get(key),
    entries: (range) => database.iterator(range),
    write: (writes) => database.batch(writes, { sync: true }),
    close: () => database.close(),
  };
}

async function firstForeignFile(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { recursive: true });
    return (await readdir(folder)).find((name) => !LEVELDB_FILE.test(name));
  } catch (error) {
    throw new StateUnavailableError(folder, "cannot be read as a folder", error);
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
