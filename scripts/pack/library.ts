import { cpSync, existsSync, globSync } from "node:fs";
import path from "node:path";
import { emitLibrary, importedPackages } from "./emit.ts";
import { ENGINES, readManifest, runTimeVersions, writeManifest } from "./manifest.ts";

const SOURCE = "src";
const BUILT = "dist";

/** Puts a library of `packages/` into a folder: JavaScript and declarations in place of its sources. */
export function stageLibrary(root: string, source: string, folder: string): void {
  const files = globSync("**/*.ts", { cwd: path.join(source, SOURCE) });
  emitLibrary(files, root, { source: path.join(source, SOURCE), output: path.join(folder, BUILT) });
  for (const file of ["README.md"])
    if (existsSync(path.join(source, file))) cpSync(path.join(source, file), path.join(folder, file));
  cpSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
  const { private: _private, devDependencies: _tests, exports = {}, ...kept } = readManifest(source);
  const { dependencies, devDependencies } = readManifest(root);
  // What it shares with the user's project by way of another package of ours, or if the project has it.
  const known = new Set([...Object.keys(kept.dependencies), ...Object.keys(kept.peerDependencies)]);
  const others = [...importedPackages(path.join(folder, BUILT))].filter((name) => !known.has(name));
  writeManifest(folder, {
    ...kept,
    peerDependencies: {
      ...kept.peerDependencies,
      ...runTimeVersions({ dependencies: { ...devDependencies, ...dependencies } }, others),
    },
    peerDependenciesMeta: { ...kept.peerDependenciesMeta, ethers: { optional: true } },
    engines: ENGINES,
    exports: {
      ...Object.fromEntries(Object.entries(exports).map(([name, file]) => [name, built(file)])),
      "./package.json": "./package.json",
    },
  });
}

function built(file: string): { readonly types: string; readonly default: string } {
  const place = file.replace(`./${SOURCE}/`, `./${BUILT}/`);
  return { types: place.replace(/\.ts$/, ".d.ts"), default: place.replace(/\.ts$/, ".js") };
}
