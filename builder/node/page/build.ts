import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { CACHE_FOLDER, PROJECT_ROOT } from "../../places/places.ts";

/** Where a package that was installed has the page, built before it was packed. */
const PACKED = path.join(PROJECT_ROOT, "page");
const CACHE = path.join(CACHE_FOLDER, "page");
/** Users of the package have no bundler, and need none: nothing imports it here. */
const BUILD = path.join(PROJECT_ROOT, "scripts/build-page.mjs");
/** What the page is made of besides its libraries, whose versions the lock file has. */
const INPUTS = ["packages/page/src/**/*", "packages/client/src/**/*", "scripts/page/*"];

/**
 * The folder of the page's files. They are built when there are none of these sources yet, which takes a
 * second.
 */
export async function pageFolder(): Promise<string> {
  if (existsSync(path.join(PACKED, "index.html"))) return PACKED;
  const folder = path.join(CACHE, await hashOfSources());
  if (existsSync(path.join(folder, "index.html"))) return folder;
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(path.join(CACHE, "unfinished-"));
  try {
    await promisify(execFile)(process.execPath, [BUILD, unfinished]);
    // Another process may have been faster with the very same.
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(path.join(folder, "index.html"))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash("sha256");
  const files = globSync(INPUTS, { cwd: PROJECT_ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort();
  for (const file of [...files, path.join(PROJECT_ROOT, "package-lock.json")])
    hash.update(JSON.stringify([path.relative(PROJECT_ROOT, file), await readFile(file, "utf8")]));
  return hash.digest("hex").slice(0, 16);
}
