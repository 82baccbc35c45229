import { join } from "node:path";
import type { NativeWorker } from "../native/build.ts";
import { WorkerBuildError } from "../build.ts";
import { fetchModules, findGo, withGo } from "../native/go.ts";
import { runTool } from "../native/tools.ts";

const SOURCES = join(import.meta.dirname, "worker");
/** What go.mod says: 1.23. */
const LEAST_GO = 23;
/** The same program wherever it is built from. */
const BUILD_OPTIONS = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
/** Milliseconds. Go compiles its own library too, the first time. */
const COMPILE_TIMEOUT_MS = 300_000;

/** Groth16 on gnark-crypto, in Go. */
export const gnarkWorker: NativeWorker = {
  name: "gnark",
  sources: SOURCES,
  settings: BUILD_OPTIONS,
  async prepare(options) {
    const go = await findGo(LEAST_GO, SOURCES, options);
    if (go === undefined) throw new WorkerBuildError(`install Go 1.${LEAST_GO} or newer to have it built`);
    return async (output) => {
      options.onStep?.("fetching gnark-crypto");
      await fetchModules(go, SOURCES, [], options);
      options.onStep?.("compiling");
      const given = ["build", ...BUILD_OPTIONS, "-o", output, "."];
      await runTool(go, given, SOURCES, COMPILE_TIMEOUT_MS, withGo(options));
    };
  },
};
