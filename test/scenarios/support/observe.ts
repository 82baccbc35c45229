import type { Contract, ScenarioChains } from "./scenario-chains.ts";

/** What a contract's views without arguments say, by name. */
export async function views(
  chains: ScenarioChains,
  contract: Contract,
  ...names: readonly string[]
): Promise<Record<string, unknown>> {
  const seen: [string, unknown][] = [];
  for (const name of names) seen.push([name, await chains.read(contract, name)]);
  return Object.fromEntries(seen);
}

/** The count that every counter and every caller of one keeps. */
export async function count(chains: ScenarioChains, contract: Contract): Promise<unknown> {
  return await chains.read(contract, "count");
}
