import { bytesToHex, type Hex } from "viem";
import { feesOf } from "../../../evm/fees.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import type { Signer } from "../../kind.ts";
import { rollupCommon } from "./environment.ts";
import { decodeRollupTransaction } from "./interpreter.ts";

/** Who signed a transaction for an EVM rollup; nothing if it is none. */
export function signerOfTransaction(data: Hex, l1ChainId: bigint, rollup: ChainId): Signer | undefined {
  try {
    const tx = decodeRollupTransaction(data, rollupCommon(rollup, { l1ChainId }));
    return { sender: bytesToHex(tx.getSenderAddress().bytes), nonce: tx.nonce, ...feesOf(tx) };
  } catch (error) {
    // EthereumJS throws errors of its own about signatures.
    if (error instanceof LockstepError || error instanceof Error) return undefined;
    throw error;
  }
}
