import { homedir } from "node:os";
import path from "node:path";

/*
 * Where things are, in the repository and in the package that is installed from it: the one place that knows
 * that there are two. In both, `builder/`, `circuits/`, `contracts/` and `artifacts/` lie side by side.
 */

/** The repository's root folder, or the package's, wherever the program was started. */
export const PROJECT_ROOT = path.resolve(import.meta.dirname, "../..");

/**
 * Whether this is the package below a user's `node_modules`, as `npm run pack` builds it: JavaScript, with
 * compiled contracts. Nothing is ever written there.
 */
export const IS_INSTALLED = import.meta.filename.endsWith(".js");

/** By default, where a running devnet is described, and a builder keeps its state. */
export const DATA_FOLDER = path.join(IS_INSTALLED ? process.cwd() : PROJECT_ROOT, ".lockstep");

/**
 * What takes minutes to make and is the same for all projects: circuits, keys, native provers. Everything in
 * it is named by the hash of its sources, so that versions share the folder.
 */
export const CACHE_FOLDER = process.env.LOCKSTEP_HOME ?? (IS_INSTALLED ? userCache() : DATA_FOLDER);

function userCache(): string {
  const caches = process.env.XDG_CACHE_HOME ?? "";
  // The XDG specification has relative paths ignored.
  return path.join(path.isAbsolute(caches) ? caches : path.join(homedir(), ".cache"), "lockstep");
}

/** Where an installed package has a file of another package's, if it brings that along. */
export function bundled(packageName: string, file: string): string | undefined {
  return IS_INSTALLED ? path.join(PROJECT_ROOT, "bundled", packageName, file) : undefined;
}

/** A command as a user types it here. */
export function commandLine(command: string, given?: string): string {
  const npm = command === "start" ? `npm ${command}` : `npm run ${command}`;
  if (IS_INSTALLED)
    return given === undefined ? `npx lockstep ${command}` : `npx lockstep ${command} ${given}`;
  return given === undefined ? npm : `${npm} -- ${given}`;
}
