import { ChainNames } from "../answers/chain-names.ts";
import { readSettlement, type SettledTransaction } from "../answers/settlement.ts";
import type { LockstepNetwork } from "../network/network.ts";
import { providerOf, request, type Runner } from "./connection.ts";

/**
 * Where a transaction stands on L1, and what each rollup did in it.
 * @returns undefined if it is not included, or touches no rollup.
 */
export async function getSettlement(
  runner: Runner,
  network: LockstepNetwork,
  { hash }: { readonly hash: string },
): Promise<SettledTransaction | undefined> {
  const answer = await request(providerOf(runner), "lockstep_getSettlement", [hash]);
  return readSettlement(answer, new ChainNames(network));
}
