import type { Client, Hash } from "viem";
import { ChainNames } from "../../answers/chain-names.ts";
import { readSettlement, type SettledTransaction } from "../../answers/settlement.ts";
import type { LockstepNetwork } from "../../network/network.ts";
import { request } from "../request.ts";

export interface GetSettlementParameters {
  /** Of a transaction of this client's chain; on L1 also of a rollup's transaction, a visit or a batch. */
  readonly hash: Hash;
}

export type GetSettlementReturnType = SettledTransaction | undefined;

/**
 * Where a transaction stands on L1, and what each rollup did in it.
 * @returns undefined if it is not included, or touches no rollup.
 * @example
 * ```ts
 * const settlement = await client.getSettlement({ hash });
 * ```
 */
export async function getSettlement(
  client: Client,
  network: LockstepNetwork,
  { hash }: GetSettlementParameters,
): Promise<GetSettlementReturnType> {
  return readSettlement(await request(client, "lockstep_getSettlement", [hash]), new ChainNames(network));
}
