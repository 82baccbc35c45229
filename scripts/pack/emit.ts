import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** `new URL("./thread.ts", import.meta.url)`: the program of a thread or a process. */
const PROGRAM_URL = /(new URL\("\.[^"]*)\.ts("\s*,\s*import\.meta\.url\))/g;
/** `import("./command.ts")`: the compiler leaves it as it is in functions that have a `using`. */
const LATE_IMPORT = /(\bimport\("\.[^"]*)\.ts("\))/g;
/** What still names a TypeScript file, which will not be there. */
const TYPESCRIPT_NAME = /["'`]\.{1,2}\/[^"'`\n]*\.m?ts["'`]/;
const COMMENT = /^\s*(\*|\/\/|\/\*).*$/gm;

/** The project's own options, for files that will stand below `node_modules`. */
export function optionsOf(root: string): ts.CompilerOptions {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const parsed = ts.getParsedCommandLineOfConfigFile(path.join(root, "tsconfig.json"), {}, host);
  if (parsed === undefined) throw new Error(`there is no tsconfig.json in ${root}`);
  return {
    ...parsed.options,
    noEmit: false,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
  };
}

/**
 * Writes TypeScript files as JavaScript, in the same folders below another root. Types are not looked at:
 * `npm test` checks them.
 * @param files paths below `root`.
 * @throws when something in what was written names a file that ends with `.ts`.
 */
export function emitPrograms(files: readonly string[], root: string, output: string): void {
  // Each file by itself: the compiler does not ask package.json that it is a module.
  const module = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const compilerOptions = { ...optionsOf(root), ...module };
  for (const file of files) {
    const fileName = path.join(root, file);
    const { outputText } = ts.transpileModule(readFileSync(fileName, "utf8"), { compilerOptions, fileName });
    const target = path.join(output, file.replace(/\.ts$/, ".js"));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, outputText.replace(PROGRAM_URL, "$1.js$2").replace(LATE_IMPORT, "$1.js$2"));
  }
  assertNoTypeScript(output);
}

/**
 * The same of a library, with its declarations.
 * @throws also when one of these cannot be written.
 */
export function emitLibrary(files: readonly string[], root: string, folders: LibraryFolders): void {
  const program = ts.createProgram({
    rootNames: files.map((file) => path.join(folders.source, file)),
    options: {
      ...optionsOf(root),
      types: ["node", "chai"],
      declaration: true,
      rootDir: folders.source,
      outDir: folders.output,
    },
  });
  const { diagnostics } = program.emit();
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, HOST));
  assertNoTypeScript(folders.output);
}

export interface LibraryFolders {
  readonly source: string;
  readonly output: string;
}

const HOST: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => process.cwd(),
  getCanonicalFileName: (file) => file,
  getNewLine: () => "\n",
};

function assertNoTypeScript(folder: string): void {
  for (const [file, code] of programsIn(folder)) {
    const line = code.split("\n").find((each) => TYPESCRIPT_NAME.test(each));
    if (line !== undefined) throw new Error(`${file} names a file that is not there: ${line.trim()}`);
  }
}

/** The packages that JavaScript files below a folder import, without Node's own modules. */
export function importedPackages(folder: string): ReadonlySet<string> {
  const packages = new Set<string>();
  for (const [, code] of programsIn(folder)) {
    for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles) {
      if (fileName.startsWith("node:") || fileName.startsWith(".")) continue;
      packages.add(fileName.split("/", fileName.startsWith("@") ? 2 : 1).join("/"));
    }
  }
  return packages;
}

/** JavaScript files by their path, without comments. */
function* programsIn(folder: string): Iterable<readonly [file: string, code: string]> {
  for (const file of globSync("**/*.{js,mjs}", { cwd: folder, exclude: ["bundled/**"] }))
    yield [file, readFileSync(path.join(folder, file), "utf8").replace(COMMENT, "")];
}
