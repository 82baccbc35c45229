import { createTestClient, http, publicActions } from "viem";
import type { PredeployName } from "../kinds/evm/genesis/names.ts";
import { readPredeploys } from "../kinds/evm/genesis/read.ts";

/**
 * Puts contracts of others' on the devnet's own L1 node, as they are at a rollup's genesis. Before anything
 * else happens there: it makes no block. What a fork has already stays as it is.
 * @throws `PREDEPLOY_CODE`.
 */
export async function placePredeploys(rpc: string, names: readonly PredeployName[]): Promise<void> {
  const node = createTestClient({ mode: "hardhat", transport: http(rpc) }).extend(publicActions);
  for (const [address, { nonce, code, slots }] of await readPredeploys(names)) {
    if ((await node.getCode({ address })) !== undefined) continue;
    await node.setCode({ address, bytecode: code });
    await node.setNonce({ address, nonce: Number(nonce) });
    for (const [index, value] of slots) await node.setStorageAt({ address, index, value });
  }
}
