import type { Contract, Stage } from "./stage.ts";

/** What a contract's views without arguments say, by name. */
export async function views(
  stage: Stage,
  contract: Contract,
  ...names: readonly string[]
): Promise<Record<string, unknown>> {
  const seen: [string, unknown][] = [];
  for (const name of names) seen.push([name, await stage.read(contract, name)]);
  return Object.fromEntries(seen);
}

/** The count that every counter and every caller of one keeps. */
export async function count(stage: Stage, contract: Contract): Promise<unknown> {
  return await stage.read(contract, "count");
}
