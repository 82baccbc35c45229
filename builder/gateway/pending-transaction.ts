import { type Hex, numberToHex } from "viem";
import { decodeTransaction } from "../intake/decode.ts";

/** A queued transaction as `eth_getTransactionByHash` shows one that is in no block. */
export function pendingTransaction(raw: Hex, l1ChainId: bigint): Record<string, unknown> {
  const { hash, sender, tx } = decodeTransaction(raw, l1ChainId);
  const { data, gasLimit, to, type, ...fields } = tx.toJSON();
  return {
    ...fields,
    hash,
    from: sender,
    to: to ?? null,
    input: data,
    gas: gasLimit,
    gasPrice: fields.gasPrice ?? fields.maxFeePerGas,
    type: type ?? numberToHex(tx.type),
    blockHash: null,
    blockNumber: null,
    transactionIndex: null,
  };
}
