import { type Address, decodeFunctionResult, encodeFunctionData, type Hex, zeroHash } from "viem";
import { rollupsAbi } from "../protocol/abi.ts";
import { type ChainId, FIELD_MODULUS, stateRoot, type StateRoot } from "../protocol/ids.ts";
import type { L1Client } from "./client.ts";

/** The block in which a simulated transaction would be included. */
export interface NextBlock {
  readonly number: bigint;
  readonly parentHash: Hex;
  /** Seconds. */
  readonly timestamp: bigint;
  readonly baseFeePerGas: bigint;
  readonly gasLimit: bigint;
  readonly coinbase: Address;
}

/** What L1 says of a rollup's Ether. */
export interface RollupEther {
  /** Wei that L1 holds for the rollup. */
  readonly balance: bigint;
  /** The rollup has a native token of its own, so no Ether may cross its border. */
  readonly nativeToken: boolean;
}

/** What `Rollups` knows of a rollup. */
export interface L1Rollup extends RollupEther {
  /** Undefined: what stands there is no root. */
  readonly root: StateRoot | undefined;
}

/** L1's latest block, and the block to come. */
export interface Blocks {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** Seconds. */
  readonly timestamp: bigint;
  readonly next: NextBlock;
  /**
   * Root of the state on which the block to come is made, if the node tells. Development nodes let it change
   * without a block.
   */
  readonly stateRoot: Hex | undefined;
}

/** L1's latest block, the block to come, and what `Rollups` says between them. */
export interface Head extends Blocks {
  readonly rollups: ReadonlyMap<ChainId, L1Rollup>;
}

/** Reads the two blocks. */
export async function readBlocks(l1: L1Client): Promise<Blocks> {
  const [latest, pending] = await Promise.all([
    l1.getBlock({ blockTag: "latest" }),
    l1.getBlock({ blockTag: "pending" }),
  ]);
  // A block came between the two answers.
  if (pending.parentHash !== latest.hash) return await readBlocks(l1);
  return {
    number: latest.number,
    hash: latest.hash,
    parentHash: latest.parentHash,
    timestamp: latest.timestamp,
    // Nodes whose pending block is not executed show none, or nothing.
    stateRoot: pending.stateRoot === zeroHash ? undefined : pending.stateRoot,
    next: {
      number: latest.number + 1n,
      parentHash: latest.hash,
      // Some nodes show the time of day, which may be the latest block's still; no block may repeat it.
      timestamp: pending.timestamp > latest.timestamp ? pending.timestamp : latest.timestamp + 1n,
      baseFeePerGas: pending.baseFeePerGas ?? 0n,
      gasLimit: pending.gasLimit,
      coinbase: pending.miner,
    },
  };
}

/** What `Rollups` says of these rollups at a block, which is named by hash. */
export async function readRollups(
  l1: L1Client,
  manager: Address,
  ids: readonly ChainId[],
  blockHash: Hex,
): Promise<ReadonlyMap<ChainId, L1Rollup>> {
  return new Map(
    await Promise.all(ids.map(async (id) => [id, await readRollup(l1, manager, id, blockHash)] as const)),
  );
}

/** Reads the head. All of it is of one block. */
export async function readHead(l1: L1Client, manager: Address, ids: readonly ChainId[]): Promise<Head> {
  const blocks = await readBlocks(l1);
  return { ...blocks, rollups: await readRollups(l1, manager, ids, blocks.hash) };
}

async function readRollup(l1: L1Client, manager: Address, id: ChainId, blockHash: Hex): Promise<L1Rollup> {
  const call = { abi: rollupsAbi, functionName: "rollupOf" } as const;
  const data = await l1.request({
    method: "eth_call",
    params: [{ to: manager, data: encodeFunctionData({ ...call, args: [id] }) }, { blockHash }],
  });
  const { root, etherBalance, nativeToken } = decodeFunctionResult({ ...call, data });
  return { root: rootOf(root), balance: etherBalance, nativeToken };
}

/** One rollup's nonsense must not keep the others from being read. */
function rootOf(word: Hex): StateRoot | undefined {
  const value = BigInt(word);
  return value < FIELD_MODULUS ? stateRoot(value) : undefined;
}
