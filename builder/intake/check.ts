import { feesOf } from "../evm/fees.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { DecodedTransaction } from "./decode.ts";

/** What L1 knows of a transaction's sender. */
export interface SenderState {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
}

/** Why the sender cannot make the transaction now. */
type Obstacle = "NONCE_TOO_LOW" | "NONCE_TOO_HIGH" | "FEE_TOO_LOW" | "INSUFFICIENT_FUNDS";

/** L1 would not take the transaction now. */
export class UnpayableTransactionError extends LockstepError {
  constructor(code: Obstacle, reason: string) {
    super(code, reason);
  }
}

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
    throw new UnpayableTransactionError(
      "NONCE_TOO_LOW",
      `nonce too low: it is ${nonce}, the next is ${sender.nonce}`,
    );
  if (nonce > sender.nonce)
    throw new UnpayableTransactionError(
      "NONCE_TOO_HIGH",
      `nonce too high: it is ${nonce}, the next is ${sender.nonce}`,
    );
  const { maxFee } = feesOf(tx);
  if (maxFee < baseFeePerGas) {
    throw new UnpayableTransactionError(
      "FEE_TOO_LOW",
      `max fee per gas is ${maxFee} wei, the next block's base fee is ${baseFeePerGas} wei`,
    );
  }
  const cost = tx.value + tx.gasLimit * maxFee;
  if (sender.balance < cost) {
    throw new UnpayableTransactionError(
      "INSUFFICIENT_FUNDS",
      `insufficient funds: it may cost ${cost} wei, the sender has ${sender.balance} wei`,
    );
  }
}
