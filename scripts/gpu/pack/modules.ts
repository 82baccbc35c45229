import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

/** The other machine's, as packages name it. */
export const PLATFORM = "linux-x64";
/** What a package starts threads with. */
const PACKAGES_THREADS = ["node_modules/piscina/dist/worker.js"];
/** `new URL("./thread.ts", import.meta.url)`: the program of a thread. */
const PROGRAM_URL = /new URL\("(\.[^"]*\.ts)"\s*,\s*import\.meta\.url\)/g;

/**
 * Files of `node_modules` that programs read, as paths below the root: what they import, what their threads
 * import, and the package.json of each package, by which Node finds the file of a name.
 * @param programs below the root.
 */
export async function modulesOf(root: string, programs: readonly string[]): Promise<string[]> {
  const known = new Set<string>();
  const files = new Set<string>();
  for (let next = [...programs, ...PACKAGES_THREADS]; next.length > 0;) {
    for (const program of next) known.add(program);
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: next,
      bundle: true,
      write: false,
      outdir: "unused",
      metafile: true,
      format: "esm",
      platform: "node",
      // As Node does: without what only bundlers ask for.
      mainFields: ["main"],
      conditions: [],
      // Native code is not looked into, and goes along.
      loader: { ".node": "empty" },
      logLevel: "silent",
    });
    const inputs = Object.keys(metafile.inputs);
    for (const input of inputs) if (input.startsWith("node_modules/")) files.add(input);
    next = inputs
      .filter((input) => !input.startsWith("node_modules/"))
      .flatMap((input) => threadsIn(root, input))
      .filter((program) => !known.has(program));
  }
  const manifests = manifestsOf(root, files);
  return [
    ...files,
    ...manifests,
    ...[...manifests].flatMap((manifest) => nativeFiles(root, manifest)),
  ].sort();
}

/** A package's native code for the machine, which it finds by itself. */
function nativeFiles(root: string, manifest: string): string[] {
  return globSync(path.join(path.dirname(manifest), "prebuilds", PLATFORM, "*.node"), { cwd: root });
}

/** Programs that a file of ours starts threads with. */
function threadsIn(root: string, file: string): string[] {
  const text = readFileSync(path.join(root, file), "utf8");
  return [...text.matchAll(PROGRAM_URL)].map(([, name = ""]) => path.join(path.dirname(file), name));
}

/** Each package.json between a file and `node_modules`: some say that their folder holds modules. */
function manifestsOf(root: string, files: Iterable<string>): Set<string> {
  const manifests = new Set<string>();
  for (const file of files) {
    for (
      let folder = path.dirname(file);
      path.basename(folder) !== "node_modules";
      folder = path.dirname(folder)
    ) {
      const manifest = path.join(folder, "package.json");
      if (existsSync(path.join(root, manifest))) manifests.add(manifest);
    }
  }
  return manifests;
}

/** Files that are found by their path instead of by an import. */
export function filesByPath(root: string): string[] {
  // The hash of a circuit's artefacts has circomlib's sources and the compiler's version in it.
  return globSync(
    ["node_modules/circomlib/{circuits/**/*.circom,package.json}", "node_modules/circom2/package.json"],
    { cwd: root },
  );
}
