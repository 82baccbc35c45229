import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../circuits/cache.ts";
import { CACHE_FOLDER } from "../../../places/places.ts";
import { withLock } from "../../circuits/lock.ts";
import { type BuildOptions, WorkerBuildError } from "../build.ts";
import { recentFailure, rememberFailure } from "./failures.ts";
import { PLATFORM } from "./tools.ts";

/** A program that `worker-process.ts` speaks to, and how it is made. */
export interface NativeWorker {
  /** Of the backend, and of the program. */
  readonly name: string;
  /** Folder of its sources. A worker is built again when one of them changes. */
  readonly sources: string;
  /** Whatever else decides what is built: a worker is built again when it changes. */
  readonly settings: readonly string[];
  /**
   * What makes the program at a path. Nothing is fetched or made before that is called.
   * @throws {WorkerBuildError} naming everything that this machine lacks for it.
   */
  prepare(options: BuildOptions): Promise<(output: string) => Promise<void>>;
}

export interface WorkerBuildOptions extends BuildOptions {
  /** Where what is built is kept; by default `workers` in `.lockstep`, or in the user's cache. */
  readonly root?: string;
}

const ROOT = join(CACHE_FOLDER, "workers");
/** Whatever else lies in a worker's folder, an editor's files or a build by hand, does not count. */
const SOURCE = /^[^.].*\.(go|mod|sum|cpp|hpp|rs|toml|lock)$/;
const LOCK = "build.lock";
const TRIAL_TIMEOUT_MS = 10_000;
/** What a worker answers to a call without arguments. */
const USAGE_EXIT_CODE = 2;

const run = promisify(execFile);

/** Path of the program that belongs to these sources, if it has been built and runs here. */
export async function findWorker(
  worker: NativeWorker,
  options: WorkerBuildOptions = {},
): Promise<string | undefined> {
  return programIn(await entryFolder(worker, options), worker);
}

async function programIn(entry: string, { name }: NativeWorker): Promise<string | undefined> {
  const program = join(entry, name);
  try {
    await run(program, [], { timeout: TRIAL_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === USAGE_EXIT_CODE) return program;
  }
  return undefined;
}

/**
 * Path of the program, built first if that has not been done. May run in several processes at once and be
 * killed at any time.
 * @throws {WorkerBuildError}
 */
export async function buildWorker(worker: NativeWorker, options: WorkerBuildOptions = {}): Promise<string> {
  const build = await prepareWorker(worker, options);
  return build();
}

/**
 * `buildWorker` in two steps.
 * @throws {WorkerBuildError} when something is missing that building takes, or it failed lately.
 */
export async function prepareWorker(
  worker: NativeWorker,
  options: WorkerBuildOptions = {},
): Promise<() => Promise<string>> {
  const entry = await entryFolder(worker, options);
  const found = await programIn(entry, worker);
  if (found !== undefined) return async () => found;
  const make = await worker.prepare(options);
  const failed = await recentFailure(entry, options.retryAfter ?? 0);
  if (failed !== undefined) {
    const when = new Date(failed.at).toLocaleString();
    throw new WorkerBuildError(`${failed.reason} (${when}; \`npm run provers\` tries it again)`);
  }
  return () => buildAlone(entry, worker, make, options);
}

/** Only one process builds. */
async function buildAlone(
  entry: string,
  worker: NativeWorker,
  make: (output: string) => Promise<void>,
  { onStep, signal }: BuildOptions,
): Promise<string> {
  const folder = dirname(entry);
  await mkdir(folder, { recursive: true });
  const lock = {
    onWait: () => onStep?.("waiting for another command that builds it"),
    ...(signal === undefined ? {} : { signal }),
  };
  return withLock(join(folder, LOCK), lock, async () => {
    const built = await programIn(entry, worker);
    if (built !== undefined) return built;
    // Other versions, and what killed builds left.
    for (const name of await readdir(folder))
      if (!name.startsWith(LOCK)) await rm(join(folder, name), { recursive: true, force: true });
    try {
      return await build(entry, worker, make);
    } catch (error) {
      if (error instanceof WorkerBuildError && signal?.aborted !== true)
        await rememberFailure(entry, error.message);
      throw error;
    }
  });
}

async function build(
  entry: string,
  worker: NativeWorker,
  make: (output: string) => Promise<void>,
): Promise<string> {
  const unfinished = await temporaryFolder(dirname(entry));
  try {
    await make(join(unfinished, worker.name));
    await rename(unfinished, entry);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const program = await programIn(entry, worker);
  if (program !== undefined) return program;
  await rm(entry, { recursive: true, force: true });
  throw new WorkerBuildError("what was built does not run on this system");
}

/** Where the program that belongs to these sources is kept, beside others of the worker. */
async function entryFolder(worker: NativeWorker, { root = ROOT }: WorkerBuildOptions): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([PLATFORM, worker.settings]));
  const names = (await readdir(worker.sources)).filter((name) => SOURCE.test(name));
  for (const name of names.sort()) hash.update(name).update(await readFile(join(worker.sources, name)));
  return join(root, worker.name, hash.digest("hex").slice(0, 16));
}
