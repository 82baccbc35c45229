import { bytesToHex, type Hex } from "viem";
import { LockstepError } from "../../../protocol/errors.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import type { Signer } from "../../kind.ts";
import { rollupCommon } from "./environment.ts";
import { decodeRollupTransaction } from "./interpreter.ts";

/** Who signed a transaction for an EVM rollup; nothing if it is none. */
export function signerOfTransaction(data: Hex, l1ChainId: bigint, rollup: ChainId): Signer | undefined {
  try {
    const tx = decodeRollupTransaction(data, rollupCommon(rollup, { l1ChainId }));
    const sender = bytesToHex(tx.getSenderAddress().bytes);
    if ("maxFeePerGas" in tx) {
      const { nonce, maxFeePerGas: maxFee, maxPriorityFeePerGas: priorityFee } = tx;
      return { sender, nonce, maxFee, priorityFee };
    }
    return { sender, nonce: tx.nonce, maxFee: tx.gasPrice, priorityFee: tx.gasPrice };
  } catch (error) {
    // EthereumJS throws errors of its own about signatures.
    if (error instanceof LockstepError || error instanceof Error) return undefined;
    throw error;
  }
}
