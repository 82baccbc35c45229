import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const versions = z.record(z.string(), z.string());
const manifest = z.looseObject({
  name: z.string(),
  version: z.string(),
  description: z.string().optional(),
  license: z.string(),
  type: z.literal("module"),
  exports: z.record(z.string(), z.string()).optional(),
  dependencies: versions.default({}),
  devDependencies: versions.default({}),
  peerDependencies: versions.default({}),
  peerDependenciesMeta: z.record(z.string(), z.looseObject({})).optional(),
});

/** What a `package.json` of the repository says. */
export type Manifest = z.infer<typeof manifest>;

export function readManifest(folder: string): Manifest {
  return manifest.parse(JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")));
}

export function writeManifest(folder: string, content: Readonly<Record<string, unknown>>): void {
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
}

/** `using` and `AsyncDisposableStack`, on which everything of ours rests, came with Node 24. */
export const ENGINES = { node: ">=24.3" };

/** Packages that a user's project has too: theirs and ours should be one. */
const SHARED = new Set(["ethers", "hardhat", "viem"]);

/**
 * The versions of packages that are needed at run time: exactly those that are tested, but for those that a
 * project shares with us.
 * @throws when one is not a dependency.
 */
export function runTimeVersions(
  { dependencies }: Pick<Manifest, "dependencies">,
  needed: Iterable<string>,
): Record<string, string> {
  return Object.fromEntries(
    [...new Set(needed)].sort().map((name) => {
      const version = dependencies[name];
      if (version === undefined) throw new Error(`${name} is imported and not a dependency`);
      return [name, SHARED.has(name) ? `^${version}` : version];
    }),
  );
}
