import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { LockstepError } from "../../../protocol/errors.ts";

/** `WORKER_BUILD`: a native worker could not be built here; the message says why and what to do. */
export class WorkerBuildError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("WORKER_BUILD", reason, options);
  }
}

/** This system, as Node names it. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** How programs are run for a build. */
export interface ToolOptions {
  /** By default this process' own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: string) => void;
}

/** Milliseconds. Modules have a few MB; a proxy that is not reached is to cost a start little. */
const DOWNLOAD_TIMEOUT_MS = 60_000;
/** Characters of what a program said. */
const LAST_WORDS = 300;

const run = promisify(execFile);

/** Path of the first of these programs that is on the PATH, if any is. A path stands for itself. */
export async function findTool(
  names: readonly string[],
  { environment = process.env }: ToolOptions,
): Promise<string | undefined> {
  const folders = (environment.PATH ?? "").split(delimiter).filter((each) => each !== "");
  for (const name of names) {
    for (const folder of folders) {
      const candidate = resolve(folder, name);
      const isThere = await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return candidate;
    }
  }
  return undefined;
}

/**
 * What a program writes to its standard output.
 * @param folder where it runs. @param timeout milliseconds.
 * @throws {WorkerBuildError} with the program's last words.
 */
export async function runTool(
  program: string,
  given: readonly string[],
  folder: string,
  timeout: number,
  { environment = process.env, signal }: ToolOptions,
): Promise<string> {
  try {
    const options = { cwd: folder, env: environment, timeout, ...(signal === undefined ? {} : { signal }) };
    return (await run(program, given, options)).stdout;
  } catch (cause) {
    throw new WorkerBuildError(`${program} failed: ${lastWords(cause)}`, { cause });
  }
}

const download = z.object({ Dir: z.string() });

/**
 * Folders in Go's cache of the modules, fetched by the versions and hashes in the go.mod and go.sum of a folder.
 * @throws {WorkerBuildError}
 */
export async function fetchModules(
  go: string,
  folder: string,
  modules: readonly string[],
  options: ToolOptions,
): Promise<string[]> {
  const given = ["mod", "download", "-json", ...modules];
  const text = await runTool(go, given, folder, DOWNLOAD_TIMEOUT_MS, withGo(options));
  // One JSON object after the other.
  return z
    .array(download)
    .parse(JSON.parse(`[${text.replaceAll(/^\}\s+\{/gm, "},{")}]`))
    .map(({ Dir }) => Dir);
}

/** Neither another toolchain nor another module than the pinned ones is fetched, and nobody's own flags count. */
export function withGo(options: ToolOptions): ToolOptions {
  const { environment = process.env } = options;
  return {
    ...options,
    environment: { ...environment, GOTOOLCHAIN: "local", GOWORK: "off", GO111MODULE: "on", GOFLAGS: "" },
  };
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
  return words.slice(-LAST_WORDS);
}
