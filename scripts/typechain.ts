import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { DEFAULT_FLAGS, runTypeChain } from "typechain";
import { z } from "zod";

const ROOT = path.resolve(import.meta.dirname, "..");

/** Where the types are kept, below the repository's root. */
export const TYPECHAIN_FOLDER = "packages/client/src/typechain";

/** Contracts that users meet, by their artefacts. */
const CONTRACTS = [
  "Rollups.sol/Rollups",
  "l2/CrossChainManager.sol/CrossChainManager",
  "proxy/CrossChainProxy.sol/CrossChainProxy",
  "interfaces/IProofSystem.sol/IProofSystem",
  "examples/ILedger.sol/ILedger",
] as const;

const artefact = z.object({ abi: z.array(z.unknown()) });

/**
 * Types for ethers of the protocol's contracts, from what Hardhat compiled: by their ABIs alone, so that no
 * bytecode is in them.
 * @returns the files' content, by their names below {@link TYPECHAIN_FOLDER}.
 */
export async function generateTypes(): Promise<Map<string, string>> {
  const folder = await mkdtemp(path.join(tmpdir(), "lockstep-typechain-"));
  try {
    for (const contract of CONTRACTS) {
      const content = await readFile(path.join(ROOT, "artifacts/contracts", `${contract}.json`), "utf8");
      const { abi } = artefact.parse(JSON.parse(content));
      await writeFile(path.join(folder, `${path.basename(contract)}.json`), JSON.stringify(abi));
    }
    const abis = globSync(path.join(folder, "*.json")).sort();
    await runTypeChain({
      cwd: ROOT,
      filesToProcess: abis,
      allFiles: abis,
      outDir: path.join(folder, "out"),
      target: path.join(ROOT, "node_modules/@typechain/ethers-v6"),
      flags: { ...DEFAULT_FLAGS, node16Modules: true },
    });
    return await collect(path.join(folder, "out"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function collect(folder: string): Promise<Map<string, string>> {
  const settings = await resolveConfig(path.join(ROOT, TYPECHAIN_FOLDER, "index.ts"));
  const options = { ...settings, parser: "typescript", objectWrap: "collapse" } as const;
  const files = new Map<string, string>();
  for (const name of globSync("**/*.ts", { cwd: folder }).sort()) {
    const content = await readFile(path.join(folder, name), "utf8");
    // Node runs the sources as they are: imports name them. In which quotes depends on what else is loaded.
    const named = content.replaceAll(/(from (["'])\.[^"']*)\.js\2/g, "$1.ts$2");
    files.set(name, await format(named, options));
  }
  return files;
}
