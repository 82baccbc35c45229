import { type Block, createBlock } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createAddressFromString } from "@ethereumjs/util";
import { hexToBytes } from "viem";
import type { NextBlock } from "../l1/head.ts";
import type { Fork } from "./fork.ts";

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
