import path from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { createTestClient, http, parseEther } from "viem";
import { HOST } from "../node/ports.ts";
import { PROJECT_ROOT } from "../places/places.ts";
import { DevnetAccounts } from "./accounts.ts";
import type { Fork } from "./fork.ts";

export interface L1Node {
  readonly url: string;
  close(): Promise<void>;
}

export interface L1Options {
  readonly accounts?: DevnetAccounts;
  /** What it begins with; by default nothing. */
  readonly fork?: Fork | undefined;
}

/**
 * Hardhat's default, and one of the two chain ids on which development keys are accepted: also that of a
 * fork, so that nothing signed for it is valid on the chain that was forked.
 */
export const L1_CHAIN_ID = 31337;

/** What accounts have on L1, in wei. */
const BALANCE = parseEther("10000");
/** What the account has that brings Ether to all others on all rollups. */
const FUNDING_BALANCE = parseEther("1000000");

/**
 * A folder that is not there. Of compiled contracts the node would read all build information when it starts,
 * to name errors in its messages: that took seconds, and clients decode errors by the ABIs that they have.
 */
const NOTHING_COMPILED = path.join(PROJECT_ROOT, "no-artifacts");

/**
 * A Hardhat node in this process, of no project. Blocks are made as transactions come (the builder turns that
 * off while it places an ordered pair), in order of arrival, so that `postBatch` stands in front of the call
 * it serves.
 */
export async function startL1(
  port: number,
  { accounts = new DevnetAccounts(), fork }: L1Options = {},
): Promise<L1Node> {
  const l1 = {
    type: "edr-simulated",
    chainType: "l1",
    chainId: L1_CHAIN_ID,
    mining: { auto: true, mempool: { order: "fifo" } },
    accounts: accounts.all.map(({ address, privateKey }) => ({
      privateKey,
      balance: (address === accounts.funding.address ? FUNDING_BALANCE : BALANCE).toString(),
    })),
    ...(fork === undefined ? {} : { forking: { url: fork.url, blockNumber: Number(fork.block) } }),
  } as const;
  const config = { paths: { artifacts: NOTHING_COMPILED }, networks: { l1 } };
  const { network } = await createHardhatRuntimeEnvironment(config, {}, PROJECT_ROOT);
  const server = await network.createServer("l1", HOST, port);
  const { port: actual } = await server.listen();
  return { url: `http://${HOST}:${actual}`, close: () => server.close() };
}

/** From now on, a block is made every so many seconds, and not for each transaction. */
export async function mineByTimer(rpc: string, seconds: number): Promise<void> {
  const node = createTestClient({ mode: "hardhat", transport: http(rpc) });
  await node.setAutomine(false);
  await node.setIntervalMining({ interval: seconds });
}
