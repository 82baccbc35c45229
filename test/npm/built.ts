import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Abi, encodeDeployData } from "viem";
import { z } from "zod";
import type { Contract, SolidityChain } from "../scenarios/support/scenario-chains.ts";
import { deployer, type World } from "../scenarios/support/world.ts";

const require = createRequire(import.meta.url);

const built = z.object({
  abi: z.custom<Abi>((value) => Array.isArray(value)),
  // Some tools write it without 0x.
  bytecode: z.string().regex(/^(0x)?[0-9a-f]+$/),
});

/** A contract as its package brings it, compiled by its authors. */
export async function readBuilt(file: string): Promise<z.infer<typeof built>> {
  return built.parse(JSON.parse(await readFile(require.resolve(file), "utf8")));
}

/** Deploys a contract as its package brings it. */
export async function deployBuilt(
  world: World,
  on: SolidityChain,
  file: string,
  args: readonly unknown[] = [],
): Promise<Contract> {
  const { abi, bytecode } = await readBuilt(file);
  const data = encodeDeployData({ abi, bytecode: `0x${bytecode.replace(/^0x/, "")}`, args });
  const { created } = await world.endpoint(on).send({ by: deployer, data });
  if (created === undefined) throw new Error(`${file} was not deployed`);
  return { chain: on, address: created, abi };
}
