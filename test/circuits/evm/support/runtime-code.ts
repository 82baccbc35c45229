import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Hex } from "viem";
import { z } from "zod";

const CONTRACTS = path.resolve(import.meta.dirname, "../../../../artifacts/contracts");
const artefact = z.object({ deployedBytecode: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]) });

/** Runtime code of a contract without immutables. `npm test` has compiled it. */
export async function runtimeCode(source: string, name: string): Promise<Hex> {
  const text = await readFile(path.join(CONTRACTS, source, `${name}.json`), "utf8");
  return artefact.parse(JSON.parse(text)).deployedBytecode;
}
