import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeWholeFileSync } from "../../intake/whole-file.ts";
import { DevnetRunningError, NoDevnetError } from "../errors.ts";

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]+$/)]);
const url = z.url({ protocol: /^https?$/ });

/** What a program needs to know of a running devnet: the content of `.lockstep/devnet.json`. */
export const devnetDescription = z.object({
  l1: z.object({
    /** The node itself. Calls to proxies sent here find no execution. */
    rpc: url,
    /** The builder's gateway to it: what wallets and dApps use. */
    gateway: url,
    /** EVM chain id. */
    chainId: z.number().int().positive(),
    /** Address of the `Rollups` contract. */
    rollups: hex,
    /** The chain on top of whose block it began, if it is a fork: its EVM chain id, and the block. */
    fork: z.object({ chainId: z.number().int(), block: z.number().int().nonnegative() }).optional(),
  }),
  rollups: z.array(
    z.object({
      /** Lockstep's number of the chain. */
      id: z.number().int().positive(),
      /** What the devnet calls it. */
      name: z.string(),
      kind: z.string(),
      /** False: nothing proves its state, it can be forged. */
      proven: z.boolean(),
      /** Present and true: registered for tests, nothing proves it (docs/operations.md, "Without proofs"). */
      cheats: z.boolean().optional(),
      gateway: url,
      /** The chain id the rollup's gateway reports to wallets. */
      chainId: z.number().int().positive(),
      /** The contract that was there from the beginning: a ledger itself, an EVM rollup's system contract. */
      contract: hex,
    }),
  ),
  /** Where a browser shows what happens; absent if no page is served. */
  page: url.optional(),
  /** Accounts with Ether on L1. Their keys are public. */
  accounts: z.array(z.object({ address: hex, privateKey: hex })),
});

export type DevnetDescription = z.infer<typeof devnetDescription>;

export function descriptionFile(folder: string): string {
  return path.join(folder, "devnet.json");
}

/** Writes the description so that a reader sees all of it or none. */
export function writeDescription(folder: string, description: DevnetDescription): void {
  writeWholeFileSync(descriptionFile(folder), `${JSON.stringify(description, null, 2)}\n`);
}

/** Synchronous, so that it also works while the process ends. */
export function removeDescription(folder: string): void {
  rmSync(descriptionFile(folder), { force: true });
}

/** @throws {NoDevnetError} when there is no valid description in the folder. */
export function readDescription(folder: string): DevnetDescription {
  const file = descriptionFile(folder);
  if (!existsSync(file)) throw new NoDevnetError(file, "does not exist");
  try {
    return devnetDescription.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new NoDevnetError(file, "is not a devnet's description", { cause: error });
  }
}

/** Does a JSON-RPC server answer there, soon? */
export async function answers(rpc: string): Promise<boolean> {
  try {
    const response = await fetch(rpc, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
      signal: AbortSignal.timeout(1_000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * A description that a killed devnet left does not count; one whose L1 answers does.
 * @throws {DevnetRunningError}
 */
export async function refuseIfRunning(folder: string): Promise<void> {
  let rpc: string;
  try {
    rpc = readDescription(folder).l1.rpc;
  } catch (error) {
    if (error instanceof NoDevnetError) return;
    throw error;
  }
  if (await answers(rpc)) throw new DevnetRunningError(descriptionFile(folder), rpc);
}
