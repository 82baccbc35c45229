import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../../../artefacts/cache.ts";
import { withLock } from "../../../artefacts/lock.ts";
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
  /** Where what is built is kept; by default the project's `.lockstep/workers`. */
  readonly root?: string;
}

const ROOT = resolve(import.meta.dirname, "../../../../.lockstep/workers");
/** Whatever else lies in a worker's folder, an editor's files or a build by hand, does not count. */
const SOURCE = /^[^.].*\.(go|mod|sum|cpp)$/;
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
  const program = join(await entryFolder(worker, options), worker.name);
  try {
    await run(program, [], { timeout: TRIAL_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === USAGE_EXIT_CODE) return program;
  }
  return undefined;
}

/**
 * Path of the program, built first if that has not been done. May run in several processes at once and be killed at any time.
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
  const found = await findWorker(worker, options);
  if (found !== undefined) return async () => found;
  const make = await worker.prepare(options);
  const { retryAfter = 0 } = options;
  const entry = await entryFolder(worker, options);
  const failed = await recentFailure(workerFolder(worker, options), entry, retryAfter);
  if (failed !== undefined) {
    const when = new Date(failed.at).toLocaleString();
    throw new WorkerBuildError(`${failed.reason} (${when}; \`npm run provers\` tries it again)`);
  }
  return () => buildAlone(worker, make, options);
}

/** Only one process builds. */
async function buildAlone(
  worker: NativeWorker,
  make: (output: string) => Promise<void>,
  options: WorkerBuildOptions,
): Promise<string> {
  const { onStep, signal } = options;
  const folder = workerFolder(worker, options);
  const entry = await entryFolder(worker, options);
  await mkdir(folder, { recursive: true });
  const lock = {
    onWait: () => onStep?.("waiting for another command that builds it"),
    ...(signal === undefined ? {} : { signal }),
  };
  return withLock(join(folder, LOCK), lock, async () => {
    const built = await findWorker(worker, options);
    if (built !== undefined) return built;
    // Other versions, and what killed builds left.
    for (const name of await readdir(folder))
      if (!name.startsWith(LOCK)) await rm(join(folder, name), { recursive: true, force: true });
    try {
      return await build(worker, make, options);
    } catch (error) {
      if (error instanceof WorkerBuildError && signal?.aborted !== true)
        await rememberFailure(folder, { entry, reason: error.message, at: Date.now() });
      throw error;
    }
  });
}

async function build(
  worker: NativeWorker,
  make: (output: string) => Promise<void>,
  options: WorkerBuildOptions,
): Promise<string> {
  const target = await entryFolder(worker, options);
  const unfinished = await temporaryFolder(workerFolder(worker, options));
  try {
    await make(join(unfinished, worker.name));
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const program = await findWorker(worker, options);
  if (program !== undefined) return program;
  await rm(target, { recursive: true, force: true });
  throw new WorkerBuildError("what was built does not run on this system");
}

function workerFolder({ name }: NativeWorker, { root = ROOT }: WorkerBuildOptions): string {
  return join(root, name);
}

async function entryFolder(worker: NativeWorker, options: WorkerBuildOptions): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([PLATFORM, worker.settings]));
  const names = (await readdir(worker.sources)).filter((name) => SOURCE.test(name));
  for (const name of names.sort()) hash.update(name).update(await readFile(join(worker.sources, name)));
  return join(workerFolder(worker, options), hash.digest("hex").slice(0, 16));
}
