import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { temporaryFolder } from "../../../artefacts/cache.ts";
import { withLock } from "../../../artefacts/lock.ts";
import { LockstepError } from "../../../protocol/errors.ts";

/** `RAPIDSNARK_BUILD`: the worker could not be built here; the message says why and what to do. */
export class RapidsnarkBuildError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("RAPIDSNARK_BUILD", reason, options);
  }
}

export interface RapidsnarkBuildOptions {
  /** Where what is built is kept; by default the project's `.lockstep/rapidsnark`. */
  readonly root?: string;
  /** By default this process' own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly onStep?: (step: string) => void;
  readonly signal?: AbortSignal;
}

const SOURCES = join(import.meta.dirname, "worker");
const SOURCE_FILES = ["worker.cpp", "go.mod", "go.sum"];
const MODULE = "github.com/iden3/go-rapidsnark/prover";
const ROOT = resolve(import.meta.dirname, "../../../../.lockstep/rapidsnark");
const BINARY = "worker";
const LOCK = "build.lock";

/** The names under which the module carries libraries, by Node's names of systems. */
const LIBRARIES: Readonly<Record<string, string>> = {
  "linux-x64": "linux-amd64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-amd64",
  "darwin-arm64": "darwin-arm64",
};
const PLATFORM = `${process.platform}-${process.arch}`;
const COMPILERS = ["c++", "g++", "clang++"];
const COMPILER_OPTIONS = ["-std=c++17", "-O2", "-pthread"];
/** The library's assembler files do not say that they need no executable stack, which linkers then assume. */
const LINKER_OPTIONS = process.platform === "linux" ? ["-Wl,-z,noexecstack"] : [];

/** Milliseconds. The module has 5 MB; a proxy that is not reached is to cost a start little. */
const DOWNLOAD_TIMEOUT_MS = 60_000;
const COMPILE_TIMEOUT_MS = 120_000;
const TRIAL_TIMEOUT_MS = 10_000;
/** What the worker answers to a call without arguments. */
const USAGE_EXIT_CODE = 2;

const run = promisify(execFile);

/** Path of the worker that belongs to these sources, if it has been built and runs here. */
export async function findWorker({ root = ROOT }: RapidsnarkBuildOptions = {}): Promise<string | undefined> {
  const binary = join(await entryFolder(root), BINARY);
  try {
    await run(binary, [], { timeout: TRIAL_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === USAGE_EXIT_CODE) return binary;
  }
  return undefined;
}

/**
 * Path of the worker, built first if that has not been done: the Go module is fetched, by the version and hash that go.mod and
 * go.sum name, and linked with a C++ compiler. May run in several processes at once and be killed at any time.
 * @throws {RapidsnarkBuildError}
 */
export async function buildWorker(options: RapidsnarkBuildOptions = {}): Promise<string> {
  const { root = ROOT, onStep, signal } = options;
  const found = await findWorker(options);
  if (found !== undefined) return found;
  const tools = await findTools(options);
  await mkdir(root, { recursive: true });
  const lock = {
    onWait: () => onStep?.("waiting for another command that builds it"),
    ...(signal === undefined ? {} : { signal }),
  };
  return withLock(join(root, LOCK), lock, async () => {
    const built = await findWorker(options);
    if (built !== undefined) return built;
    // Other versions, and what killed builds left.
    for (const name of await readdir(root))
      if (!name.startsWith(LOCK)) await rm(join(root, name), { recursive: true, force: true });
    return build(tools, options);
  });
}

/** Paths of programs. */
export interface Tools {
  readonly go: string;
  readonly compiler: string;
}

/** What building takes. @throws {RapidsnarkBuildError} naming everything that is missing. */
export async function findTools({ environment = process.env }: RapidsnarkBuildOptions = {}): Promise<Tools> {
  if (LIBRARIES[PLATFORM] === undefined)
    throw new RapidsnarkBuildError(`there is no rapidsnark for ${PLATFORM}`);
  const [go] = await onPath(["go"], environment);
  const [compiler] = await onPath(
    environment.CXX === undefined ? COMPILERS : [environment.CXX, ...COMPILERS],
    environment,
  );
  if (go !== undefined && compiler !== undefined) return { go, compiler };
  const missing = [
    ...(go === undefined ? ["Go 1.18 or newer"] : []),
    ...(compiler === undefined ? ["a C++ compiler"] : []),
  ].join(" and ");
  throw new RapidsnarkBuildError(`install ${missing} to have it built`);
}

/** Those of the programs that are there, as paths. */
async function onPath(names: readonly string[], environment: NodeJS.ProcessEnv): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    for (const folder of (environment.PATH ?? "").split(delimiter).filter((each) => each !== "")) {
      const candidate = resolve(folder, name);
      const isThere = await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) found.push(candidate);
    }
  }
  return found;
}

async function build(tools: Tools, options: RapidsnarkBuildOptions): Promise<string> {
  const { root = ROOT } = options;
  const target = await entryFolder(root);
  const folder = await temporaryFolder(root);
  try {
    await compileWithLibrary(tools, join(SOURCES, "worker.cpp"), join(folder, BINARY), options);
    await rename(folder, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const worker = await findWorker(options);
  if (worker !== undefined) return worker;
  await rm(target, { recursive: true, force: true });
  throw new RapidsnarkBuildError("what was built does not run on this system");
}

/** Compiles one source file with rapidsnark's library, which is fetched first. @throws {RapidsnarkBuildError} */
export async function compileWithLibrary(
  { go, compiler }: Tools,
  source: string,
  output: string,
  options: RapidsnarkBuildOptions = {},
): Promise<void> {
  options.onStep?.("fetching the library");
  const libraries = join(await fetchModule(go, options), "rapidsnark_vendor");
  options.onStep?.("compiling");
  const archives = ["rapidsnark", "gmp"].map((name) =>
    join(libraries, `lib${name}-${LIBRARIES[PLATFORM] ?? ""}.a`),
  );
  const files = ["-I", libraries, source, ...archives];
  const given = [...COMPILER_OPTIONS, ...files, ...LINKER_OPTIONS, "-o", output];
  await tool(compiler, given, COMPILE_TIMEOUT_MS, options);
}

const download = z.object({ Dir: z.string() });

/** The module's folder in Go's cache. */
async function fetchModule(go: string, options: RapidsnarkBuildOptions): Promise<string> {
  const { environment = process.env } = options;
  const text = await tool(go, ["mod", "download", "-json", MODULE], DOWNLOAD_TIMEOUT_MS, {
    ...options,
    // Neither another toolchain nor another module than the pinned one is fetched.
    environment: { ...environment, GOTOOLCHAIN: "local", GOWORK: "off", GO111MODULE: "on" },
  });
  return download.parse(JSON.parse(text)).Dir;
}

async function tool(
  program: string,
  given: readonly string[],
  timeout: number,
  { environment = process.env, signal }: RapidsnarkBuildOptions,
): Promise<string> {
  try {
    const options = { cwd: SOURCES, env: environment, timeout, ...(signal === undefined ? {} : { signal }) };
    return (await run(program, given, options)).stdout;
  } catch (cause) {
    throw new RapidsnarkBuildError(`${program} failed: ${lastWords(cause)}`, { cause });
  }
}

/** What a program said at the end, in one line. */
function lastWords(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if ("killed" in failure && failure.killed === true) return "it took too long";
  const said = ["stderr", "stdout"]
    .map((stream): unknown => Reflect.get(failure, stream))
    .filter((text) => typeof text === "string")
    .join("\n");
  const words = (said.trim() === "" ? failure.message : said).trim().replaceAll(/\s+/g, " ");
  return words.slice(-300);
}

async function entryFolder(root: string): Promise<string> {
  const hash = createHash("sha256").update(
    JSON.stringify([PLATFORM, MODULE, COMPILER_OPTIONS, LINKER_OPTIONS]),
  );
  for (const name of SOURCE_FILES) hash.update(await readFile(join(SOURCES, name)));
  return join(root, hash.digest("hex").slice(0, 16));
}
