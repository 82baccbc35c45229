import type { Address } from "viem";
import type { Argument, Party } from "./scenario-chains.ts";

/**
 * Replaces every party in arguments by an address, one after the other: a proxy may have to be created for
 * it.
 */
export async function resolveArguments(
  args: readonly Argument[],
  addressOf: (party: Party) => Promise<Address>,
): Promise<unknown[]> {
  const resolved: unknown[] = [];
  for (const argument of args) resolved.push(await resolve(argument, addressOf));
  return resolved;
}

async function resolve(argument: Argument, addressOf: (party: Party) => Promise<Address>): Promise<unknown> {
  if (typeof argument !== "object") return argument;
  if (isList(argument)) return await resolveArguments(argument, addressOf);
  if (isParty(argument)) return await addressOf(argument);
  const fields: [string, unknown][] = [];
  for (const [name, value] of Object.entries(argument)) fields.push([name, await resolve(value, addressOf)]);
  return Object.fromEntries(fields);
}

function isList(argument: Argument): argument is readonly Argument[] {
  return Array.isArray(argument);
}

function isParty(argument: object): argument is Party {
  return "chain" in argument && "address" in argument;
}
