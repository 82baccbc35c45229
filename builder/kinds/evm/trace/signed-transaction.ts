import { type Hex, hexToBytes } from "viem";
import { type TransactionField, TRANSACTION_STATUS } from "../../../../circuits/bus/transaction-fields.ts";
import { decodeTransaction } from "../../../proving/bus/transaction.ts";
import { NotYetProvableError } from "./errors.ts";

/** What L1 says of a transaction whose form is valid. */
export interface SignedTransaction {
  readonly fields: Readonly<Record<TransactionField, bigint>>;
  readonly data: Uint8Array;
}

/**
 * The transaction in an L2TX's data, as L1 decodes it.
 * @returns nothing if its form is not valid.
 * @throws {NotYetProvableError} for one of type 4, of which L1 does not say whether it is.
 */
export function signedTransaction(raw: Hex, chainId: bigint): SignedTransaction | undefined {
  const decoded = decodeTransaction(hexToBytes(raw), chainId);
  if (decoded.status === TRANSACTION_STATUS.unsupported)
    throw new NotYetProvableError("transactions of type 4 (EIP-7702)");
  if (decoded.status !== TRANSACTION_STATUS.valid) return undefined;
  return { fields: decoded.fields, data: decoded.data };
}
