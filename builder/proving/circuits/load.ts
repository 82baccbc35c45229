import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { z } from "zod";
import { DEVELOPMENT_SETUP_VERSION } from "../keys/development.ts";
import type { Artefacts } from "./artefacts.ts";
import { type BuildContext, buildArtefacts, CIRCOM_OPTIONS } from "./build.ts";
import { type CacheEntry, entryFolder, findEntry, pruneEntries } from "./cache.ts";
import { withCeremonyKey } from "./ceremony-keys.ts";
import type { CompileResult, CompileTask } from "./compile-worker.ts";
import { CircuitDeclarationError } from "./errors.ts";
import { type CircuitInstance, readInstances } from "./instances.ts";
import { withLock } from "./lock.ts";
import { collectSources, hashSources } from "./sources.ts";
import { MODULE_THREADS } from "../../places/module-threads.ts";
import { CACHE_FOLDER, PROJECT_ROOT } from "../../places/places.ts";

/**
 * What is going on with an instance: found in the cache, made by another process, compiled, its key made,
 * ready.
 */
export interface ArtefactProgress {
  readonly instance: string;
  readonly step: "waiting" | "compile" | "key" | "ready";
  /** Part of the step that is done, 0 to 1; unknown for compilation. */
  readonly fraction?: number;
  /** Since the instance was asked for. */
  readonly milliseconds: number;
}

export interface LoadArtefactsOptions {
  /** Folder of `circuits.json`; by default the project's `circuits`. */
  readonly circuits?: string;
  /** Folder of the cache; by default `artefacts` in the project's `.lockstep`, or in the user's cache. */
  readonly cache?: string;
  /** Folder of ceremony keys to be used in place of development keys. */
  readonly keys?: string | undefined;
  readonly onProgress?: (progress: ArtefactProgress) => void;
  readonly signal?: AbortSignal;
}

/** Two compilations of a ledger's size fit the memory of any machine that can prove. */
const MAX_COMPILATIONS = 2;

/**
 * The artefacts of the named circuit instances: compiled circuit, development or ceremony keys. What is not
 * in the cache, or is damaged there, is made. May run in several processes at once and be killed at any time.
 *
 * @throws `UNKNOWN_CIRCUIT`, `CIRCUIT_DECLARATION`, `CIRCUIT_COMPILATION`; with ceremony keys, whatever
 * {@link withCeremonyKey} does; an `AbortError` when `signal` fires.
 */
export async function loadArtefacts(
  names: readonly string[],
  options: LoadArtefactsOptions = {},
): Promise<ReadonlyMap<string, Artefacts>> {
  const circuits = resolve(options.circuits ?? join(PROJECT_ROOT, "circuits"));
  const root = resolve(options.cache ?? join(CACHE_FOLDER, "artefacts"));
  const instances = await readInstances(circuits, [...new Set(names)]);
  await mkdir(root, { recursive: true });
  const library = libraryFolder();
  const compiler = new Piscina<CompileTask, CompileResult>({
    ...MODULE_THREADS,
    filename: fileURLToPath(new URL("./compile-worker.ts", import.meta.url)),
    minThreads: 0,
    maxThreads: Math.min(MAX_COMPILATIONS, availableParallelism()),
  });
  const keyQueue = serial();
  // The first failure stops the others: their results would not be used.
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  try {
    const results = instances.map(async (instance) => {
      const start = performance.now();
      const report = (step: ArtefactProgress["step"], fraction?: number): void => {
        const progress = { instance: instance.name, step, milliseconds: performance.now() - start };
        options.onProgress?.(fraction === undefined ? progress : { ...progress, fraction });
      };
      const onStep = report;
      const made = await load(instance, { circuits, root }, report, {
        compiler,
        library,
        keyQueue,
        onStep,
        signal,
      });
      const artefacts = options.keys === undefined ? made : await withCeremonyKey(made, options.keys);
      report("ready");
      return [instance.name, artefacts] as const;
    });
    const settled = await Promise.allSettled(
      results.map((result) =>
        result.catch((error: unknown) => {
          failure.abort();
          throw error;
        }),
      ),
    );
    // Aborted ones fail after the one that made them fail, so look for that first.
    const rejected = settled
      .filter((result) => result.status === "rejected")
      .map(({ reason }): unknown => reason);
    if (rejected.length > 0) {
      throw (
        rejected.find((reason) => !(reason instanceof Error && reason.name === "AbortError")) ?? rejected[0]
      );
    }
    return new Map(await Promise.all(results));
  } finally {
    await compiler.destroy();
  }
}

async function load(
  instance: CircuitInstance,
  folders: { readonly circuits: string; readonly root: string },
  report: (step: "waiting") => void,
  context: BuildContext,
): Promise<Artefacts> {
  const { circuits, root } = folders;
  const paths = { circuits, library: context.library };
  const sources = await collectSources(instance, paths);
  const entry: CacheEntry = {
    root,
    instance: instance.name,
    committed: instance.committed ?? [],
    hash: createHash("sha256")
      .update(JSON.stringify([instance, CIRCOM_OPTIONS, await compilerVersion(), DEVELOPMENT_SETUP_VERSION]))
      .update(hashSources(sources, paths))
      .digest("hex"),
  };
  const cached = await findEntry(entry);
  if (cached !== undefined) return cached;
  const signal = context.signal === undefined ? {} : { signal: context.signal };
  return withLock(
    `${entryFolder(entry)}.lock`,
    {
      onWait: () => {
        report("waiting");
      },
      ...signal,
    },
    async () => {
      // Another process may have made it while this one waited for the lock.
      const made = await findEntry(entry);
      if (made !== undefined) return made;
      const path = resolve(circuits, instance.file);
      const artefacts = await buildArtefacts(entry, instance, sources.get(path) ?? "", path, context);
      await pruneEntries(entry);
      return artefacts;
    },
  );
}

/** The folder of packages that holds circomlib. */
function libraryFolder(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve("circomlib/package.json")));
  } catch (cause) {
    throw new CircuitDeclarationError("The package circomlib is not installed", { cause });
  }
}

async function compilerVersion(): Promise<string> {
  const path = createRequire(import.meta.url).resolve("circom2/package.json");
  return z.object({ version: z.string() }).parse(JSON.parse(await readFile(path, "utf8"))).version;
}

/** Runs what it is given one after the other. */
function serial(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}
