import type { Address } from "viem";
import { z } from "zod";
import { codeBytes } from "../../kinds/evm/genesis/account.ts";
import { construct, type Constructed, GIVE_FILE } from "../../kinds/evm/genesis/constructor.ts";
import { InvalidGenesisError } from "../../kinds/evm/genesis/errors.ts";
import { readJsonFile } from "./json-file.ts";

const abi = z.array(
  z.looseObject({
    type: z.string(),
    inputs: z.array(z.looseObject({ type: z.string(), name: z.string().default("") })).default([]),
  }),
);
/** Names of libraries, by the file that they are in. */
const links = z.record(z.string(), z.record(z.string(), z.unknown())).default({});

const hardhat = z
  .looseObject({ abi, bytecode: z.string(), deployedBytecode: z.string(), linkReferences: links })
  .transform(({ abi, bytecode, linkReferences }) => ({ abi, bytecode, linkReferences }));

const foundry = z
  .looseObject({
    abi,
    bytecode: z.looseObject({ object: z.string(), linkReferences: links }),
    deployedBytecode: z.looseObject({ object: z.string() }),
  })
  .transform(({ abi, bytecode: { object, linkReferences } }) => ({ abi, bytecode: object, linkReferences }));

const artifact = z.union([hardhat, foundry]);

/**
 * A contract as Hardhat or Foundry compiled it, and as its constructor leaves it at an address.
 * @param where names it in messages.
 * @throws {InvalidGenesisError}
 */
export async function readArtifact(where: string, file: string, address: Address): Promise<Constructed> {
  const parsed = artifact.safeParse(await readJsonFile(where, file));
  if (!parsed.success)
    throw new InvalidGenesisError(
      where,
      `${file} is no artifact of Hardhat or Foundry, with abi, bytecode and deployedBytecode. Give the file that ` +
        "they wrote for the contract: artifacts/contracts/X.sol/X.json, or out/X.sol/X.json",
    );
  const { abi: items, bytecode, linkReferences } = parsed.data;
  const libraries = Object.values(linkReferences).flatMap((names) => Object.keys(names));
  if (libraries.length > 0)
    throw new InvalidGenesisError(
      where,
      `${file} calls libraries that are not linked: ${libraries.join(", ")}. Place them at genesis too, and link it ` +
        "with their addresses",
    );
  const parameters = items.find(({ type }) => type === "constructor")?.inputs ?? [];
  if (parameters.length > 0)
    throw new InvalidGenesisError(
      where,
      `the constructor in ${file} takes arguments (${parameters.map(shown).join(", ")}). ${GIVE_FILE}`,
    );
  return await construct(where, codeBytes(where, bytecode), address);
}

function shown({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type} ${name}`.trim();
}
