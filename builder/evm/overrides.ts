import { type Block, createBlock } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import { createAddressFromString } from "@ethereumjs/util";
import { type Hex, hexToBytes } from "viem";
import type { AccountOverride, BlockOverride } from "./call-request.ts";
import type { JournaledState } from "./journaled-state.ts";

/** Lets accounts be what a simulated call takes them for. */
export async function overrideAccounts(
  state: JournaledState,
  overrides: readonly AccountOverride[],
): Promise<void> {
  for (const { address, balance, nonce, code, state: all, stateDiff } of overrides) {
    const account = createAddressFromString(address);
    if (balance !== undefined || nonce !== undefined)
      await state.modifyAccountFields(account, {
        ...(balance === undefined ? {} : { balance }),
        ...(nonce === undefined ? {} : { nonce }),
      });
    if (code !== undefined) await state.putCode(account, hexToBytes(code));
    if (all !== undefined) await state.clearStorage(account);
    const words: readonly [string, Hex][] = Object.entries({ ...all, ...stateDiff });
    for (const [slot, word] of words)
      await state.putStorage(account, hexToBytes(`0x${slot.slice(2)}`), hexToBytes(word));
  }
  state.clearCaches();
}

/** The block as the EVM is to see it. */
export function overrideBlock(block: Block, overrides: BlockOverride, common: Common): Block {
  const { number, timestamp, gasLimit, coinbase, prevRandao, baseFeePerGas, blobBaseFee } = overrides;
  const { header } = block;
  const overridden = createBlock(
    {
      header: {
        number: number ?? header.number,
        parentHash: header.parentHash,
        timestamp: timestamp ?? header.timestamp,
        gasLimit: gasLimit ?? header.gasLimit,
        coinbase: coinbase === undefined ? header.coinbase : createAddressFromString(coinbase),
        mixHash: prevRandao === undefined ? header.mixHash : hexToBytes(prevRandao),
        baseFeePerGas: baseFeePerGas ?? header.baseFeePerGas ?? 0n,
      },
    },
    { common, skipConsensusFormatValidation: true, freeze: false },
  );
  return withBlobBaseFee(overridden, blobBaseFee ?? header.getBlobGasPrice());
}

/**
 * A block in which BLOBBASEFEE answers this: EthereumJS computes it, and never less than 1.
 * @param block that is not frozen.
 */
export function withBlobBaseFee(block: Block, fee: bigint): Block {
  block.header.getBlobGasPrice = () => fee;
  return block;
}
