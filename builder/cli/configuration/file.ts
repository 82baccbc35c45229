import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { z } from "zod";
import { InvalidConfigurationError } from "../../node/errors.ts";
import type { CommandValues } from "./schema.ts";

/** What is looked for in the working folder, in this order. */
const NAMES = ["lockstep.config.ts", "lockstep.config.js", "lockstep.config.mjs", "lockstep.config.json"];

/** A configuration file that was read. */
export interface ConfigurationFile {
  readonly file: string;
  readonly values: CommandValues;
}

/**
 * The file that is named, or the one of the working folder; undefined if there is none.
 * @throws {InvalidConfigurationError} naming the file, each key that is wrong, and its form; never shows a
 * value.
 */
export async function readConfigurationFile(
  named: string | undefined,
  folder = process.cwd(),
): Promise<ConfigurationFile | undefined> {
  const file = named === undefined ? fileIn(folder) : path.resolve(folder, named);
  if (file === undefined) return undefined;
  // Most commands run without a file, and what checks one takes longer to load than they do.
  const { configurationSchema } = await import("./schema.ts");
  const parsed = configurationSchema(path.dirname(file)).safeParse(await contentOf(file));
  if (parsed.success) return { file, values: parsed.data };
  const shown = path.relative("", file);
  throw new InvalidConfigurationError(parsed.error.issues.map((issue) => `${shown}: ${described(issue)}`));
}

function fileIn(folder: string): string | undefined {
  const found = NAMES.map((name) => path.join(folder, name)).filter((file) => existsSync(file));
  if (found.length > 1) {
    const names = found.map((file) => path.basename(file)).join(" and ");
    throw new InvalidConfigurationError([
      `there are ${names} in ${folder}; keep one, or name it: --config <file>`,
    ]);
  }
  return found[0];
}

async function contentOf(file: string): Promise<unknown> {
  const shown = path.relative("", file);
  if (!existsSync(file)) throw new InvalidConfigurationError([`${shown}: there is no such file`]);
  try {
    if (path.extname(file) === ".json") return JSON.parse(await readFile(file, "utf8"));
    const module: unknown = await import(pathToFileURL(file).href);
    if (typeof module === "object" && module !== null && "default" in module) return module.default;
  } catch (error) {
    // Node's and V8's messages name the place; they show no value but that of a JSON file's syntax error.
    const reason =
      error instanceof SyntaxError ? placeOf(error) : error instanceof Error ? error.message : "";
    throw new InvalidConfigurationError([`${shown}: cannot be read: ${reason}`], { cause: error });
  }
  throw new InvalidConfigurationError([
    `${shown}: exports nothing; write export default defineConfig({ … })`,
  ]);
}

/** Without the excerpt that V8 adds to it. */
function placeOf({ message }: SyntaxError): string {
  const place = /\(line \d+ column \d+\)/.exec(message)?.[0];
  return place === undefined ? "it is not valid" : `it is not valid ${place}`;
}

/** Key, and what is wrong with it. */
function described({ path: keys, message }: z.core.$ZodIssue): string {
  const place = keys.reduce<string>(
    (before, key) =>
      typeof key === "number"
        ? `${before}[${key}]`
        : before === ""
          ? String(key)
          : `${before}.${String(key)}`,
    "",
  );
  return place === "" ? message : `${place} ${message}`;
}
