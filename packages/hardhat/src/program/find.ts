import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { HardhatPluginError } from "hardhat/plugins";
import type { LockstepOptions } from "../options.ts";

/**
 * The file of Lockstep's commands: what the configuration says, or that of the installed package.
 * @param root folder of the user's project.
 */
export async function findProgram(root: string, { program }: LockstepOptions): Promise<string> {
  if (program !== undefined) return path.resolve(root, program);
  const manifest = installedManifest(root);
  const bin = programIn(JSON.parse(await readFile(manifest, "utf8")));
  if (bin === undefined)
    throw new HardhatPluginError("hardhat-lockstep", `${manifest} has no program of the name lockstep`);
  return path.join(path.dirname(manifest), bin);
}

/** `bin.lockstep` of a manifest. */
function programIn(manifest: unknown): string | undefined {
  if (typeof manifest !== "object" || manifest === null || !("bin" in manifest)) return undefined;
  const { bin } = manifest;
  if (typeof bin !== "object" || bin === null || !("lockstep" in bin)) return undefined;
  return typeof bin.lockstep === "string" ? bin.lockstep : undefined;
}

function installedManifest(root: string): string {
  try {
    return createRequire(path.join(root, "package.json")).resolve("lockstep/package.json");
  } catch (cause) {
    const advice = "the package lockstep is not installed in this project; or name its program by `program`";
    throw new HardhatPluginError("hardhat-lockstep", advice, cause instanceof Error ? cause : undefined);
  }
}
