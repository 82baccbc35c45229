import { z } from "zod";
import { type BuildOptions, WorkerBuildError } from "../build.ts";
import { findTool, runTool } from "./tools.ts";

/** Milliseconds. Modules have a few MB; a proxy that is not reached is to cost a start little. */
const DOWNLOAD_TIMEOUT_MS = 60_000;
const VERSION_TIMEOUT_MS = 10_000;

/**
 * Path of Go's command, if it is there and no older than this minor version of Go 1.
 * @param folder where it is run.
 */
export async function findGo(
  minor: number,
  folder: string,
  options: BuildOptions,
): Promise<string | undefined> {
  const go = await findTool(["go"], options);
  if (go === undefined) return undefined;
  // Also what one that is too old, or none, says: whatever it is, it is not Go 1.x.
  const version = await runTool(go, ["env", "GOVERSION"], folder, VERSION_TIMEOUT_MS, withGo(options)).catch(
    () => "",
  );
  return Number(/^go1\.(\d+)/.exec(version)?.[1] ?? "0") >= minor ? go : undefined;
}

const download = z.object({ Dir: z.string() });

/**
 * Folders in Go's cache of the modules, fetched by the versions and hashes in the go.mod and go.sum of a
 * folder.
 * @throws {WorkerBuildError}
 */
export async function fetchModules(
  go: string,
  folder: string,
  modules: readonly string[],
  options: BuildOptions,
): Promise<string[]> {
  const given = ["mod", "download", "-json", ...modules];
  const text = await runTool(go, given, folder, DOWNLOAD_TIMEOUT_MS, withGo(options));
  try {
    // One JSON object after the other.
    const objects: unknown = JSON.parse(`[${text.replaceAll(/^\}\s+\{/gm, "},{")}]`);
    return z
      .array(download)
      .parse(objects)
      .map(({ Dir }) => Dir);
  } catch (cause) {
    throw new WorkerBuildError(`${go} does not say where it put the modules`, { cause });
  }
}

/**
 * Neither another toolchain nor another module than the pinned ones is fetched, and the environment's flags
 * and targets do not count.
 */
export function withGo(options: BuildOptions): BuildOptions {
  const { environment = process.env } = options;
  return {
    ...options,
    environment: {
      ...environment,
      GOTOOLCHAIN: "local",
      GOWORK: "off",
      GO111MODULE: "on",
      // Empty would be as good as unset, and then a user's file counts.
      GOFLAGS: "-mod=readonly",
      GOOS: "",
      GOARCH: "",
      CGO_ENABLED: "0",
    },
  };
}
