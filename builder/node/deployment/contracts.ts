import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Abi } from "viem";
import { z } from "zod";
import { ContractArtefactError } from "../errors.ts";
import { PROJECT_ROOT } from "../../places/places.ts";

const code = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);
const artefact = z.object({
  abi: z.array(z.looseObject({ type: z.string() })),
  bytecode: code,
  deployedBytecode: code,
});

export interface CompiledContract {
  readonly abi: Abi;
  readonly bytecode: `0x${string}`;
  /** What stands at its address, if it has no immutables. */
  readonly deployedBytecode: `0x${string}`;
}

function isAbi(value: readonly unknown[]): value is Abi {
  return value.every((item) => typeof item === "object" && item !== null && "type" in item);
}

/**
 * A contract as Hardhat compiled it, read directly: a running devnet needs no compiler.
 * @param source path below `contracts/`, for example `examples/Payroll.sol`; the contract has the file's
 * name.
 * @throws {ContractArtefactError} when it is missing or has unresolved links.
 */
export async function compiledContract(source: string): Promise<CompiledContract> {
  const name = path.basename(source, ".sol");
  const file = path.join(PROJECT_ROOT, "artifacts/contracts", source, `${name}.json`);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new ContractArtefactError(name, `is missing (${file}); run: npx hardhat build`, { cause: error });
  }
  const parsed = artefact.safeParse(JSON.parse(text));
  if (!parsed.success || !isAbi(parsed.data.abi))
    throw new ContractArtefactError(name, "is not usable", { cause: parsed.error });
  const { abi, bytecode, deployedBytecode } = parsed.data;
  return { abi, bytecode, deployedBytecode };
}
