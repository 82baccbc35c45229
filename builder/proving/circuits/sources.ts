import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { CircuitDeclarationError } from "./errors.ts";
import type { CircuitInstance } from "./instances.ts";

/** Where a circuit's files are looked for. */
export interface SourcePaths {
  /** Folder of `circuits.json`. */
  readonly circuits: string;
  /** Folder of packages: what an include names that is not beside the including file. */
  readonly library: string;
}

const INCLUDE = /\binclude\s+"([^"]+)"\s*;/g;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/**
 * All files that a circuit file includes, itself first, with their contents.
 * @throws `CIRCUIT_DECLARATION`.
 */
export async function collectSources(
  instance: Pick<CircuitInstance, "file" | "text">,
  paths: SourcePaths,
): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  const file = resolve(paths.circuits, instance.file);
  const pending = [file];
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (sources.has(path)) continue;
    const text = path === file ? (instance.text ?? (await readOptional(path))) : await readOptional(path);
    if (text === undefined) throw new CircuitDeclarationError(`There is no circuit file ${path}`);
    sources.set(path, text);
    for (const [, include = ""] of text.replace(COMMENT, "").matchAll(INCLUDE)) {
      pending.push(await resolveInclude(include, path, paths.library));
    }
  }
  return sources;
}

/** Hash of the contents, whatever folder the project lies in. */
export function hashSources(sources: ReadonlyMap<string, string>, paths: SourcePaths): string {
  const hash = createHash("sha256");
  const named = [...sources].map(([path, text]) => {
    // An installed package's circuits lie in the library themselves.
    const inCircuits = relative(paths.circuits, path);
    return [inCircuits.startsWith("..") ? relative(paths.library, path) : inCircuits, text] as const;
  });
  for (const [name, text] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(JSON.stringify([name, text]));
  }
  return hash.digest("hex");
}

/** The text of a file with includes that hold wherever it is put. */
export function movable(text: string, path: string): string {
  return text.replace(INCLUDE, (_, include: string) => `include "${resolve(dirname(path), include)}";`);
}

/** As circom does: beside the including file first, then in the library. */
async function resolveInclude(include: string, from: string, library: string): Promise<string> {
  for (const path of [resolve(dirname(from), include), join(library, include)]) {
    if ((await readOptional(path)) !== undefined) return path;
  }
  throw new CircuitDeclarationError(
    `${from} includes "${include}", which is neither beside it nor in ${library}`,
  );
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EISDIR")) {
      return undefined;
    }
    throw error;
  }
}
