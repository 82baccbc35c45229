import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** The rooms of contracts/ and which other rooms each may import from. "." has the entry points. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  ".": ["interfaces", "table", "batch", "proxy", "registry", "play"],
  play: ["interfaces", "table", "batch", "proxy", "registry"],
  registry: ["interfaces", "table", "proxy"],
  batch: ["interfaces", "table"],
  table: ["interfaces"],
  proxy: ["interfaces"],
  proofs: ["interfaces"],
  l2: ["interfaces", "proxy"],
  devnet: ["interfaces"],
  examples: ["interfaces"],
  interfaces: [],
};

/**
 * Imports of contracts that lead to a room which theirs must not know, one line each. Tests may import
 * everything.
 */
export function wrongContractImports(root: string): string[] {
  const contracts = path.join(root, "contracts");
  const files = globSync("**/*.sol", { cwd: contracts, exclude: ["test/**"] }).sort();
  return files.flatMap((file) =>
    importsOf(path.join(contracts, file))
      .map((imported) => path.relative(contracts, path.resolve(contracts, path.dirname(file), imported)))
      .filter((imported) => !mayImport(roomOf(file), roomOf(imported)))
      .map((imported) => `contracts/${file} must not import contracts/${imported}`),
  );
}

function roomOf(file: string): string {
  return file.includes("/") ? (file.split("/")[0] ?? ".") : ".";
}

function mayImport(from: string, to: string): boolean {
  return from === to || (ROOMS[from]?.includes(to) ?? false);
}

/** Relative ones: what comes from packages is in no room. */
function importsOf(file: string): string[] {
  const source = readFileSync(file, "utf8");
  return [...source.matchAll(/^(?:import|\})[^;]*?"(\.[^"]+)";/gm)].flatMap(([, imported]) => imported ?? []);
}
