import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { withLock } from "../../proving/circuits/lock.ts";
import { IS_INSTALLED, PROJECT_ROOT } from "../../places/places.ts";
import { hardhat } from "../hardhat.ts";

/** What TypeChain makes: tests that use ethers take the contracts' types from it. */
const TYPES = path.join(PROJECT_ROOT, "types/ethers-contracts/index.ts");
/** Stands among the compiler's outputs, so that it goes when they go. */
const STAMP = path.join(PROJECT_ROOT, "artifacts/lockstep-sources.sha256");

/** Packages that decide what comes out; any other may change without a contract being compiled again. */
const COMPILING =
  /^node_modules\/(hardhat|solc|solady|typechain|@typechain\/.*|@nomicfoundation\/(hardhat-typechain|hardhat-toolbox.*))$/;
const lockFile = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

const LOCK = path.join(PROJECT_ROOT, ".lockstep/contracts.lock");

/**
 * Compiles the contracts with Hardhat, unless it did with these very sources: asking it takes longer than all
 * hashing. Only one process compiles at a time, since compilers would write over each other's files. An
 * installed package has been compiled.
 */
export async function compileContracts(): Promise<void> {
  if (IS_INSTALLED) return;
  const sources = await hashSources();
  if (await isCompiled(sources)) return;
  await mkdir(path.dirname(LOCK), { recursive: true });
  await withLock(LOCK, {}, async () => {
    if (await isCompiled(sources)) return;
    const { tasks } = await hardhat();
    using _ = withoutSpinner();
    await tasks.getTask("build").run({ quiet: true });
    await writeFile(STAMP, sources);
  });
}

/**
 * Hardhat turns a spinner of its own on a terminal, however quiet it is to be, and wipes away what
 * `progress.mjs` writes there. It has none where standard output is no terminal.
 */
export function withoutSpinner(): Disposable {
  const { isTTY } = process.stdout;
  process.stdout.isTTY = false;
  return {
    [Symbol.dispose]() {
      process.stdout.isTTY = isTTY;
    },
  };
}

async function isCompiled(sources: string): Promise<boolean> {
  return existsSync(TYPES) && (await readFile(STAMP, "utf8").catch(() => undefined)) === sources;
}

/** All that the output depends on: sources, settings, and the versions of compiler and libraries. */
async function hashSources(): Promise<string> {
  const contracts = globSync("contracts/**/*.sol", { cwd: PROJECT_ROOT }).sort();
  const hash = createHash("sha256");
  for (const file of [...contracts, "hardhat.config.ts"])
    hash.update(JSON.stringify([file, await readFile(path.join(PROJECT_ROOT, file), "utf8")]));
  hash.update(JSON.stringify(await toolVersions()));
  return hash.digest("hex");
}

async function toolVersions(): Promise<[place: string, version: string | undefined][]> {
  const lock = lockFile.parse(
    JSON.parse(await readFile(path.join(PROJECT_ROOT, "package-lock.json"), "utf8")),
  );
  return Object.entries(lock.packages)
    .filter(([place]) => COMPILING.test(place))
    .map(([place, { version }]) => [place, version]);
}
