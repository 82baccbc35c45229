import { cpSync, existsSync, globSync } from "node:fs";
import path from "node:path";
import { emitLibrary } from "./emit.ts";
import { ENGINES, readManifest, writeManifest } from "./manifest.ts";

const SOURCE = "src";
const BUILT = "dist";

/** Puts a library of `packages/` into a folder: JavaScript and declarations in place of its sources. */
export function stageLibrary(root: string, source: string, folder: string): void {
  const files = globSync("**/*.ts", { cwd: path.join(source, SOURCE) });
  emitLibrary(files, root, { source: path.join(source, SOURCE), output: path.join(folder, BUILT) });
  for (const file of ["README.md"])
    if (existsSync(path.join(source, file))) cpSync(path.join(source, file), path.join(folder, file));
  cpSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
  const { private: _private, exports = {}, ...kept } = readManifest(source);
  writeManifest(folder, {
    ...kept,
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
