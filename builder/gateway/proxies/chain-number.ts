import type { Backend } from "../backend.ts";
import { readProofSystem } from "../../l1/registration.ts";
import { contractErrorIn, revertData } from "../../post/contract-error.ts";
import { LockstepError } from "../../protocol/errors.ts";
import { chainWithEvmId } from "../../protocol/evm-chain-id.ts";
import { type ChainId, chainId, L1 } from "../../protocol/ids.ts";
import { nameOf } from "../../simulate/far-failure.ts";
import type { ProxyFunction } from "./manager-call.ts";

/** A proxy is asked for by the id that wallets know a chain by. */
export class EvmChainIdGivenError extends LockstepError {
  constructor({ name, chain: given }: ProxyFunction, chain: ChainId) {
    const it = nameOf(chain);
    super(
      "EVM_CHAIN_ID_GIVEN",
      `${name} takes chains by Lockstep's numbers, and ${given} is the chain id that wallets know ${it} by: ` +
        `give ${chain}`,
    );
  }
}

/**
 * Proxies stand for accounts of chains in Lockstep's numbering. An EVM chain id in its place would name
 * another account's proxy, one that leads nowhere.
 * @throws {EvmChainIdGivenError}
 */
export async function assertChainNumber(
  builder: Pick<Backend, "l1" | "l1ChainId" | "manager" | "rollups">,
  call: ProxyFunction,
): Promise<void> {
  const { chain } = call;
  const ids: ChainId[] = [L1, ...builder.rollups.map(({ id }) => id)];
  if (ids.some((id) => id === chain)) return;
  const meant = chainWithEvmId(chain, builder.l1ChainId, ids);
  // Where L1's chain id is small, it may as well be the number of a rollup that is not followed here.
  if (meant !== undefined && !(await isRegistered(builder, chain)))
    throw new EvmChainIdGivenError(call, meant);
}

/** The manager answers nothing about a rollup that is none. */
async function isRegistered(builder: Pick<Backend, "l1" | "manager">, rollup: bigint): Promise<boolean> {
  try {
    await readProofSystem(builder.l1, builder.manager, chainId(rollup));
    return true;
  } catch (error) {
    const data = revertData(error);
    if (data !== undefined && contractErrorIn(data)?.startsWith("UnknownRollup(") === true) return false;
    throw error;
  }
}
