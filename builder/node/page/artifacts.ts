import { existsSync, globSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { type Abi, keccak256 } from "viem";
import { z } from "zod";
import { wellFormedAbi } from "../../../packages/client/src/words/abi.ts";

/** Bytes of the longest code, and of the largest file, that are looked at. */
const MOST_CODE = 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/** An immutable value is a word of the code. */
const place = z.object({ start: z.int().nonnegative().max(MOST_CODE), length: z.int().positive().max(32) });
const references = z.record(z.string(), z.array(place));
const code = z.templateLiteral(["0x", z.string().regex(/^([0-9a-fA-F]{2})*$/)]);
/** Entries that no compiler writes are left out. */
const abi = z.array(z.unknown()).transform(wellFormedAbi);

/** As Hardhat writes them. */
const hardhatArtifact = z.object({
  contractName: z.string(),
  abi,
  deployedBytecode: z.unknown(),
  immutableReferences: references.optional().catch(undefined),
});
/** As Foundry does. */
const foundryArtifact = z.object({
  abi,
  deployedBytecode: z.object({
    object: z.unknown(),
    immutableReferences: references.optional().catch(undefined),
  }),
});

/** What the page reads data by, and recognises a contract by. */
export interface PageArtifact {
  readonly name: string;
  readonly abi: Abi;
  /** Null where code cannot be recognised: libraries are to be linked, or there is none. */
  readonly code: {
    readonly size: number;
    /** keccak256 of the code with zeros in place of immutables. */
    readonly hash: string;
    readonly immutables: readonly z.infer<typeof place>[];
  } | null;
}

/** Build folders of Hardhat and Foundry: what is in none of them is not shown by name. */
const PATTERNS = ["artifacts/contracts/**/*.json", "out/**/*.json"];
const MOST_FILES = 3_000;

/** Contracts that were compiled in these projects. What cannot be read as an artifact is none. */
export async function readPageArtifacts(projects: readonly string[]): Promise<PageArtifact[]> {
  const found = new Map<string, PageArtifact>();
  for (const project of new Set(projects)) {
    if (!existsSync(project)) continue;
    const names = globSync(PATTERNS, { cwd: project }).filter((name) => !name.endsWith(".dbg.json"));
    for (const name of names.sort().slice(0, MOST_FILES)) {
      const artifact = await readArtifact(path.join(project, name));
      if (artifact === undefined) continue;
      const key = `${artifact.name} ${artifact.code?.hash ?? ""}`;
      if (!found.has(key)) found.set(key, artifact);
    }
  }
  return [...found.values()];
}

async function readArtifact(file: string): Promise<PageArtifact | undefined> {
  let content: unknown;
  try {
    // A link may lead nowhere, and a pipe never ends.
    const at = await stat(file);
    if (!at.isFile() || at.size > MOST_BYTES) return undefined;
    content = JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
  const hardhat = hardhatArtifact.safeParse(content);
  if (hardhat.success) {
    const { contractName, deployedBytecode, immutableReferences } = hardhat.data;
    return { name: contractName, abi: hardhat.data.abi, code: codeOf(deployedBytecode, immutableReferences) };
  }
  const foundry = foundryArtifact.safeParse(content);
  if (!foundry.success) return undefined;
  const { object, immutableReferences } = foundry.data.deployedBytecode;
  return {
    name: path.basename(file, ".json"),
    abi: foundry.data.abi,
    code: codeOf(object, immutableReferences),
  };
}

function codeOf(found: unknown, immutable: z.infer<typeof references> | undefined): PageArtifact["code"] {
  const parsed = code.safeParse(found);
  if (!parsed.success || parsed.data === "0x") return null;
  const bytes = Buffer.from(parsed.data.slice(2), "hex");
  const immutables = Object.values(immutable ?? {}).flat();
  if (immutables.some(({ start, length }) => start + length > bytes.length)) return null;
  for (const { start, length } of immutables) bytes.fill(0, start, start + length);
  return { size: bytes.length, hash: keccak256(bytes), immutables };
}
