import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Abi, Hex } from "viem";
import { z } from "zod";
import { wellFormedAbi } from "../../../packages/client/src/words/abi.ts";
import { PROJECT_ROOT } from "../../places/places.ts";
import { InvalidConfigurationError } from "../../node/errors.ts";

/** A contract that was compiled, by Hardhat or by Foundry. */
export interface KnownContract {
  readonly name: string;
  /** Where its source is, as far as the artifact says. */
  readonly source: string;
  readonly abi: Abi;
  /** Code that stands on a chain, with zeros where it has immutable values; `0x` for an interface. */
  readonly code: Hex;
  /** Places of immutable values, in bytes. */
  readonly immutables: readonly { readonly start: number; readonly length: number }[];
}

/** Bytes of the longest code that is looked at. */
const MOST_CODE = 1024 * 1024;
/** An immutable value is a word of the code. */
const place = z.object({ start: z.int().nonnegative().max(MOST_CODE), length: z.int().positive().max(32) });
const referencesSchema = z.record(z.string(), z.array(place)).default({});
const hex = z
  .string()
  .transform((text): Hex => (/^0x[0-9a-fA-F]*$/.test(text) ? `0x${text.slice(2).toLowerCase()}` : "0x"));
/** Entries that no compiler writes are left out. */
const abiSchema = z.array(z.unknown()).transform(wellFormedAbi);
const artifactSchema = z
  .looseObject({
    contractName: z.string().optional(),
    sourceName: z.string().default(""),
    abi: abiSchema,
    deployedBytecode: z
      .union([
        hex.transform((object) => ({ object, immutableReferences: undefined })),
        z.looseObject({ object: hex, immutableReferences: referencesSchema.optional() }),
      ])
      .default({ object: "0x", immutableReferences: undefined }),
    immutableReferences: referencesSchema,
  })
  .or(abiSchema.transform((abi) => ({ abi })));

/** Greatest file that is looked into. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Folders of Hardhat's that have no artifacts. */
const SKIPPED: ReadonlySet<string> = new Set(["build-info", "node_modules", ".git"]);

/**
 * The contracts of an artifact or ABI, or of a folder of them.
 * @throws {InvalidConfigurationError} for a path that is not there, and for a file that is neither.
 */
export function readContracts(given: string): KnownContract[] {
  if (!existsSync(given)) throw new InvalidConfigurationError([`abi: there is no ${given}`]);
  if (statSync(given).isDirectory()) return filesIn(given).flatMap((file) => contractIn(file) ?? []);
  const contract = contractIn(given);
  if (contract !== undefined) return [contract];
  const form = "an ABI, or an artifact of Hardhat's or Foundry's";
  throw new InvalidConfigurationError([`abi: ${given} is not ${form} in JSON`]);
}

/**
 * The protocol's own contracts that take part in batches, as Lockstep itself was compiled: a contract of
 * others is never one of them, wherever its source lies.
 */
export function protocolContracts(): KnownContract[] {
  const found = PROTOCOL.map((name) => path.join(PROJECT_ROOT, "artifacts/contracts", name)).filter(
    existsSync,
  );
  return found.flatMap(readContracts);
}

const PROTOCOL = ["proofs", "l2", "ExecutionPlanner.sol", "Rollups.sol", "proxy"];

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesIn(file);
    return entry.name.endsWith(".json") && !entry.name.endsWith(".dbg.json") ? [file] : [];
  });
}

function contractIn(file: string): KnownContract | undefined {
  let content: unknown;
  try {
    // A link may lead nowhere, and a pipe never ends.
    const at = statSync(file);
    if (!at.isFile() || at.size > MAX_BYTES) return undefined;
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  const parsed = artifactSchema.safeParse(content);
  if (!parsed.success) return undefined;
  const name = path.basename(file, ".json");
  const artifact = parsed.data;
  if (!("deployedBytecode" in artifact))
    return { name, source: "", abi: artifact.abi, code: "0x", immutables: [] };
  const { contractName = name, sourceName: source, abi, deployedBytecode, immutableReferences } = artifact;
  const references = deployedBytecode.immutableReferences ?? immutableReferences;
  const immutables = Object.values(references).flat();
  return { name: contractName, source, abi, code: deployedBytecode.object, immutables };
}

/** The contract that stands somewhere, by its code; nothing if it is none of these. */
export function contractWith(code: Hex, contracts: readonly KnownContract[]): KnownContract | undefined {
  if (code === "0x") return undefined;
  return contracts.find((contract) => contract.code.length === code.length && isSame(code, contract));
}

function isSame(deployed: Hex, { code, immutables }: KnownContract): boolean {
  let masked = deployed.toLowerCase();
  for (const { start, length } of immutables) {
    const [from, to] = [2 + 2 * start, 2 + 2 * (start + length)];
    masked = `${masked.slice(0, from)}${"0".repeat(2 * length)}${masked.slice(to)}`;
  }
  return masked === code;
}
