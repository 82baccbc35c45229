import type { TypedTransaction } from "@ethereumjs/tx";

/** What a unit of gas costs a transaction at most, and how much of it is for the account that includes it. */
export interface Fees {
  /** Wei. */
  readonly maxFee: bigint;
  /** Wei. */
  readonly priorityFee: bigint;
}

/** The fees of any type of transaction: those before EIP-1559 name one price for both. */
export function feesOf(tx: TypedTransaction): Fees {
  if ("maxFeePerGas" in tx) return { maxFee: tx.maxFeePerGas, priorityFee: tx.maxPriorityFeePerGas };
  return { maxFee: tx.gasPrice, priorityFee: tx.gasPrice };
}
