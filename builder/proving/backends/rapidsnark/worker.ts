import { join } from "node:path";
import { type BuildOptions, WorkerBuildError } from "../build.ts";
import type { NativeWorker } from "../native/build.ts";
import { fetchModules, findGo } from "../native/go.ts";
import { findTool, PLATFORM, runTool } from "../native/tools.ts";

const SOURCES = join(import.meta.dirname, "worker");
/** What go.mod says: 1.18. */
const LEAST_GO = 18;
const MODULE = "github.com/iden3/go-rapidsnark/prover";

/** The names under which the module carries libraries, by Node's names of systems. */
const LIBRARIES: Readonly<Record<string, string>> = {
  "linux-x64": "linux-amd64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "darwin-amd64",
  "darwin-arm64": "darwin-arm64",
};
const COMPILERS = ["c++", "g++", "clang++"];
const COMPILER_OPTIONS = ["-std=c++17", "-O2", "-pthread"];
/** The library's assembler files do not say that they need no executable stack, which linkers then assume. */
const LINKER_OPTIONS = process.platform === "linux" ? ["-Wl,-z,noexecstack"] : [];
const COMPILE_TIMEOUT_MS = 120_000;

/** rapidsnark's library, which a Go module carries, behind a small program in C++. */
export const rapidsnarkWorker: NativeWorker = {
  name: "rapidsnark",
  sources: SOURCES,
  settings: [MODULE, ...COMPILER_OPTIONS, ...LINKER_OPTIONS],
  async prepare(options) {
    const compile = await prepareCompiler(options);
    return (output) => compile(join(SOURCES, "worker.cpp"), output);
  },
};

/**
 * Compiles a source file with rapidsnark's library, which is fetched first.
 * @throws {WorkerBuildError} naming everything that is missing.
 */
export async function prepareCompiler(
  options: BuildOptions = {},
): Promise<(source: string, output: string) => Promise<void>> {
  const library = LIBRARIES[PLATFORM];
  if (library === undefined) throw new WorkerBuildError(`there is no rapidsnark for ${PLATFORM}`);
  const { environment = process.env, onStep } = options;
  const go = await findGo(LEAST_GO, SOURCES, options);
  const given = environment.CXX;
  const compiler = await findTool(given === undefined ? COMPILERS : [given, ...COMPILERS], options);
  if (go === undefined || compiler === undefined) {
    const missing = [
      ...(go === undefined ? [`Go 1.${LEAST_GO} or newer`] : []),
      ...(compiler === undefined ? ["a C++ compiler"] : []),
    ];
    throw new WorkerBuildError(`install ${missing.join(" and ")} to have it built`);
  }
  return async (source, output) => {
    onStep?.("fetching the library");
    const [folder = ""] = await fetchModules(go, SOURCES, [MODULE], options);
    const libraries = join(folder, "rapidsnark_vendor");
    const archives = ["rapidsnark", "gmp"].map((name) => join(libraries, `lib${name}-${library}.a`));
    const files = ["-I", libraries, source, ...archives];
    onStep?.("compiling");
    const compilerOptions = [...COMPILER_OPTIONS, ...files, ...LINKER_OPTIONS, "-o", output];
    await runTool(compiler, compilerOptions, SOURCES, COMPILE_TIMEOUT_MS, options);
  };
}
