import { join } from "node:path";
import type { NativeWorker } from "../native/build.ts";
import { fetchModules, findTool, runTool, withGo, WorkerBuildError } from "../native/tools.ts";

const SOURCES = join(import.meta.dirname, "worker");
/** Without C, and the same program wherever it is built from. */
const BUILD_OPTIONS = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
/** Milliseconds. Go compiles its own library too, the first time. */
const COMPILE_TIMEOUT_MS = 300_000;

/** Groth16 on gnark-crypto, in Go. */
export const gnarkWorker: NativeWorker = {
  name: "gnark",
  sources: SOURCES,
  settings: BUILD_OPTIONS,
  async prepare(options) {
    const go = await findTool(["go"], options);
    if (go === undefined) throw new WorkerBuildError("install Go 1.23 or newer to have it built");
    return async (output) => {
      options.onStep?.("fetching gnark-crypto");
      await fetchModules(go, SOURCES, [], options);
      options.onStep?.("compiling");
      const { environment, ...rest } = withGo(options);
      await runTool(go, ["build", ...BUILD_OPTIONS, "-o", output, "."], SOURCES, COMPILE_TIMEOUT_MS, {
        ...rest,
        environment: { ...environment, CGO_ENABLED: "0" },
      });
    };
  },
};
