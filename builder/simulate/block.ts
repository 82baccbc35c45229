import { type Block, createBlock } from "@ethereumjs/block";
import { type Common, createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createAddressFromString } from "@ethereumjs/util";
import { type Address, type Hex, hexToBytes } from "viem";
import type { Fork } from "./fork.ts";

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

/** Rules of L1: the newest fork that local nodes and mainnet share. */
export function l1Common(l1ChainId: bigint): Common {
  return createCustomCommon({ chainId: Number(l1ChainId) }, Mainnet, { hardfork: Hardfork.Osaka });
}

/** The block as the EVM sees it. PREVRANDAO is not known before inclusion and reads as zero. */
export function evmBlock(next: NextBlock, common: Common): Block {
  const { number, timestamp, baseFeePerGas, gasLimit } = next;
  const header = {
    number,
    parentHash: hexToBytes(next.parentHash),
    timestamp,
    baseFeePerGas,
    gasLimit,
    coinbase: createAddressFromString(next.coinbase),
  };
  return createBlock({ header }, { common, skipConsensusFormatValidation: true });
}

/** Earlier blocks as BLOCKHASH sees them. */
export function evmBlockchain(fork: Fork) {
  const blockchain = {
    getBlock: async (number: number) => {
      const hash = hexToBytes(await fork.hashOf(BigInt(number)));
      return { hash: () => hash };
    },
    putBlock: async () => {
      throw new Error("a fork takes no blocks");
    },
    shallowCopy: () => blockchain,
  };
  return blockchain;
}
