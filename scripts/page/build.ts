import { copyFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const SOURCES = path.resolve(import.meta.dirname, "../../packages/page/src");

/** Bundles the page into a folder. */
export async function buildPage(folder: string): Promise<void> {
  await build({
    entryPoints: { page: path.join(SOURCES, "main.tsx") },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "silent",
    tsconfigRaw: {},
  });
  await build({
    entryPoints: { page: path.join(SOURCES, "page.css") },
    outdir: folder,
    bundle: true,
    minify: true,
    logLevel: "silent",
  });
  // Last: a folder with it is complete.
  for (const file of ["icon.svg", "index.html"])
    await copyFile(path.join(SOURCES, file), path.join(folder, file));
}
