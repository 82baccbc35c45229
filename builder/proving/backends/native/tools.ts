import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { promisify } from "node:util";
import { type BuildOptions, WorkerBuildError } from "../build.ts";

/** This system, as Node names it. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** Characters of what a program said. */
const OUTPUT_LIMIT = 300;

const run = promisify(execFile);

/** Path of the first of these programs that is on the PATH, if any is. A path stands for itself. */
export async function findTool(
  names: readonly string[],
  { environment = process.env }: BuildOptions,
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
 * @param folder where it runs.
 * @param timeout milliseconds.
 * @throws {WorkerBuildError} with the program's last words.
 */
export async function runTool(
  program: string,
  given: readonly string[],
  folder: string,
  timeout: number,
  { environment = process.env, signal }: BuildOptions,
): Promise<string> {
  try {
    const options = { cwd: folder, env: environment, timeout, ...(signal === undefined ? {} : { signal }) };
    return (await run(program, given, options)).stdout;
  } catch (cause) {
    throw new WorkerBuildError(`${program} failed: ${lastOutput(cause)}`, { cause });
  }
}

/** What a program said at the end, in one line. */
function lastOutput(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  if ("killed" in failure && failure.killed === true) return "it took too long";
  const output = ["stderr", "stdout"]
    .map((stream): unknown => Reflect.get(failure, stream))
    .filter((text) => typeof text === "string")
    .join("\n");
  const line = (output.trim() === "" ? failure.message : output).trim().replaceAll(/\s+/g, " ");
  return line.slice(-OUTPUT_LIMIT);
}
