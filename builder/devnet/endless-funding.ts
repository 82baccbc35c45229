import { type Address, createTestClient, http, type LocalAccount, parseEther } from "viem";
import type { Builder } from "../core/builder.ts";
import type { ChainId } from "../protocol/ids.ts";
import { fundAccounts } from "./funding.ts";

export interface EndlessFunding {
  readonly builder: Builder;
  readonly payer: LocalAccount;
  /** RPC address of the devnet's own L1 node. */
  readonly node: string;
}

/**
 * Brings any amount of Ether from L1 to a rollup: the devnet's own L1 gives the payer what it takes, then the
 * payer sends it as every other account would. So L1 holds what the rollup has.
 */
export function fundingFrom({ builder, payer, node }: EndlessFunding) {
  const client = createTestClient({ mode: "hardhat", transport: http(node) });
  return async (rollup: ChainId, address: Address, wei: bigint): Promise<void> => {
    const balance = await builder.l1.getBalance({ address: payer.address });
    await client.setBalance({ address: payer.address, value: balance + wei + parseEther("1") });
    await fundAccounts({ builder, payer, accounts: [address], rollups: [rollup], amount: wei });
  };
}
