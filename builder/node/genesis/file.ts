import { mkdir } from "node:fs/promises";
import path from "node:path";
import { type Address, type Hex, numberToHex } from "viem";
import { z } from "zod";
import { writeWholeFile } from "../../intake/whole-file.ts";
import type { GivenAccount } from "../../kinds/evm/genesis/account.ts";
import { InvalidGenesisError } from "../../kinds/evm/genesis/errors.ts";
import type { GenesisAccounts } from "../../kinds/evm/genesis/read.ts";
import type { StateRoot } from "../../protocol/ids.ts";
import { readJsonFile } from "./json-file.ts";

const quantity = z
  .union([z.int().nonnegative(), z.string().regex(/^(0x[0-9a-fA-F]+|\d+)$/)], "is not a number")
  .transform((number) => BigInt(number));

const word = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "is not a word of at most 32 bytes, 0x…")
  .transform((text) => numberToHex(BigInt(text), { size: 32 }));

/** An account as geth has it, or with a compiled contract in place of code. */
const account = z
  .strictObject({
    code: z.string().optional(),
    artifact: z.string().min(1).optional(),
    nonce: quantity.optional(),
    balance: quantity.optional(),
    storage: z.record(z.string(), word).optional(),
  })
  .refine(({ code, artifact }) => (code === undefined) !== (artifact === undefined), {
    error: "has to have either code or artifact",
  });

/** The part of geth's genesis file that a rollup has. */
const genesisFile = z.strictObject({ alloc: z.record(z.string(), account) });

/** A contract as a genesis file has it. */
export interface FileEntry extends Omit<GivenAccount, "code"> {
  /** As the file has it, by what it is. */
  readonly source: { readonly code: string } | { readonly artifact: string };
  readonly address: string;
}

/**
 * Contracts of a file like geth's `genesis.json`: `{ "alloc": { "0x…": { "code": "0x…", "nonce": "0x1",
 * "storage": { "0x0": "0x1" } } } }`. `artifact` may stand for `code`, as a path from the file's folder.
 * @param where names it in messages.
 * @throws {InvalidGenesisError}
 */
export async function readGenesisFile(where: string, file: string): Promise<readonly FileEntry[]> {
  const parsed = genesisFile.safeParse(await readJsonFile(where, file));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: at, message }) => `${at.join(".")}: ${message}`);
    throw new InvalidGenesisError(
      where,
      `${file} is no genesis file: ${problems.join("; ")}. It has { "alloc": { "0x…": { "code": "0x…" } } }, and of ` +
        "geth's other parts none",
    );
  }
  return Object.entries(parsed.data.alloc).map(
    ([address, { code = "", artifact, nonce, balance, storage = {} }]) => ({
      address,
      source: artifact === undefined ? { code } : { artifact: path.resolve(path.dirname(file), artifact) },
      nonce,
      balance,
      slots: slotsOf(`${where}, ${address}`, storage),
    }),
  );
}

function slotsOf(where: string, storage: Readonly<Record<string, Hex>>): ReadonlyMap<Hex, Hex> {
  const slots = new Map<Hex, Hex>();
  for (const [given, value] of Object.entries(storage)) {
    const slot = word.safeParse(given);
    if (!slot.success)
      throw new InvalidGenesisError(where, `slot ${given} is not a word of at most 32 bytes, 0x…`);
    if (slots.has(slot.data)) throw new InvalidGenesisError(where, `slot ${given} is there twice`);
    slots.set(slot.data, value);
  }
  return slots;
}

/**
 * Writes what a rollup has from genesis on, for those who are to know it again. The name is the root's: the
 * same genesis is the same file.
 * @returns the file.
 */
export async function writeGenesisFile(
  folder: string,
  root: StateRoot,
  accounts: GenesisAccounts,
): Promise<string> {
  const alloc: Record<Address, object> = {};
  for (const [address, { code, nonce, slots }] of accounts)
    alloc[address] = { code, nonce: numberToHex(nonce), storage: Object.fromEntries(slots) };
  const file = path.join(folder, `${numberToHex(root, { size: 32 })}.json`);
  await mkdir(folder, { recursive: true });
  await writeWholeFile(file, `${JSON.stringify({ alloc }, null, 2)}\n`);
  return file;
}
