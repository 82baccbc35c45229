import { LockstepError } from "../protocol/errors.ts";
import type { DecodedTransaction } from "./decode.ts";

/** What L1 knows of a transaction's sender. */
export interface SenderState {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
}

/**
 * L1 would not take the transaction now. Codes: `NONCE_TOO_LOW`, `NONCE_TOO_HIGH`, `FEE_TOO_LOW`,
 * `INSUFFICIENT_FUNDS`.
 */
export class UnpayableTransactionError extends LockstepError {}

/**
 * Checks what needs no execution.
 * @param sender with the transactions that wait before this one counted in its nonce.
 * @param baseFeePerGas of the block to come, wei.
 */
export function checkSender(
  { tx, nonce }: DecodedTransaction,
  sender: SenderState,
  baseFeePerGas: bigint,
): void {
  if (nonce < sender.nonce)
    refuse("NONCE_TOO_LOW", `nonce too low: it is ${nonce}, the next is ${sender.nonce}`);
  if (nonce > sender.nonce)
    refuse("NONCE_TOO_HIGH", `nonce too high: it is ${nonce}, the next is ${sender.nonce}`);
  const maxFee = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
  if (maxFee < baseFeePerGas) {
    refuse(
      "FEE_TOO_LOW",
      `max fee per gas is ${maxFee} wei, the next block's base fee is ${baseFeePerGas} wei`,
    );
  }
  const cost = tx.value + tx.gasLimit * maxFee;
  if (sender.balance < cost) {
    refuse(
      "INSUFFICIENT_FUNDS",
      `insufficient funds: it may cost ${cost} wei, the sender has ${sender.balance} wei`,
    );
  }
}

function refuse(code: string, reason: string): never {
  throw new UnpayableTransactionError(code, reason);
}
