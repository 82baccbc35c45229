import { mkdir, readdir } from "node:fs/promises";
import { ClassicLevel } from "classic-level";
import { MemoryLevel } from "memory-level";
import { identityOf, isOlder, UnsupportedFormatError } from "../protocol/format.ts";
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
  const foreign = await firstForeignFile(folder);
  if (foreign !== undefined) throw new ForeignStateError(folder, `it holds ${foreign}`);
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

/** What became of data on disk whose head stands in this text. */
export type Age =
  /** It is of this version. */
  | "current"
  /** An older version wrote it: L1 has all that is in it, so it is made again. */
  | "outdated";

/**
 * Whether a database can be read, by what its head says of itself.
 * @param expected format of this version, and whose the database should be.
 * @throws `UNSUPPORTED_FORMAT` for one that a newer version wrote, `FOREIGN_STATE`, `CORRUPT_STATE`.
 */
export function ageOf(
  where: string,
  head: string,
  { format: current, identity }: { readonly format: string; readonly identity: string },
): Age {
  let claimed: ReturnType<typeof identityOf>;
  try {
    claimed = identityOf(head);
  } catch (error) {
    throw new CorruptStateError(where, "head cannot be read", error);
  }
  const { format: found } = claimed;
  // Another process' lock is not removed because it is old.
  if (claimed.identity !== undefined && claimed.identity !== identity)
    throw new ForeignStateError(where, `it is the state of ${claimed.identity}`);
  if (found === undefined) throw new CorruptStateError(where, "its head names no format");
  if (found === current) return "current";
  if (isOlder(found, current)) return "outdated";
  throw new UnsupportedFormatError(
    where,
    found,
    current,
    "Run the version that wrote it, or remove the folder to have it rebuilt from L1",
  );
}

/** Writes that empty the database. What they remove may be of any version. */
export async function clearing(database: Database): Promise<Write[]> {
  const writes: Write[] = [];
  for await (const [key] of database.entries({})) writes.push({ type: "del", key });
  return writes;
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
