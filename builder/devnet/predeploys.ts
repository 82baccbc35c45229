import { type Address, createTestClient, http, publicActions } from "viem";
import type { PredeployName } from "../kinds/evm/genesis/names.ts";
import { type GenesisAccount, readPredeploys } from "../kinds/evm/genesis/read.ts";

/**
 * Puts contracts of others' on the devnet's own L1 node, as they are at a rollup's genesis. Before anything
 * else happens there: it makes no block. What a fork has already stays as it is.
 * @throws `PREDEPLOY_CODE`.
 */
export async function placePredeploys(rpc: string, names: readonly PredeployName[]): Promise<void> {
  const node = createTestClient({ mode: "hardhat", transport: http(rpc, { batch: true }) }).extend(
    publicActions,
  );
  const place = async (address: Address, { nonce, code, slots }: GenesisAccount): Promise<void> => {
    if ((await node.getCode({ address })) !== undefined) return;
    await Promise.all([
      node.setCode({ address, bytecode: code }),
      node.setNonce({ address, nonce: Number(nonce) }),
      ...[...slots].map(([index, value]) => node.setStorageAt({ address, index, value })),
    ]);
  };
  await Promise.all([...(await readPredeploys(names))].map(([address, account]) => place(address, account)));
}
