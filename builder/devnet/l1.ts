import { DEVELOPMENT_MNEMONIC, FUNDED_ACCOUNTS } from "./accounts.ts";
import { hardhat } from "../node/hardhat.ts";
import { HOST } from "../node/ports.ts";

export interface L1Node {
  readonly url: string;
  close(): Promise<void>;
}

/** Hardhat's default, and one of the two chain ids on which development keys are accepted. */
export const L1_CHAIN_ID = 31337;

/**
 * A Hardhat node in this process. Blocks are made as transactions come (the builder turns that off while it
 * places an ordered pair), in order of arrival, so that `postBatch` stands in front of the call it serves.
 */
export async function startL1(port: number): Promise<L1Node> {
  const { network } = await hardhat();
  const server = await network.createServer(
    {
      network: "default",
      override: {
        chainId: L1_CHAIN_ID,
        mining: { auto: true, mempool: { order: "fifo" } },
        accounts: { mnemonic: DEVELOPMENT_MNEMONIC, count: FUNDED_ACCOUNTS },
      },
    },
    HOST,
    port,
  );
  const { port: actual } = await server.listen();
  return { url: `http://${HOST}:${actual}`, close: () => server.close() };
}
