import { type Hex, hexToBytes } from "viem";
import { TRANSACTION_FIELDS, TRANSACTION_STATUS } from "../../../../circuits/bus/transaction-fields.ts";
import { decodeTransaction } from "../../../proving/bus/transaction.ts";
import { NotYetProvableError } from "./errors.ts";

/** What L1 says of a transaction whose form is valid. */
export interface SignedTransaction {
  readonly fields: Readonly<Record<keyof typeof TRANSACTION_FIELDS, bigint>>;
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
  const field = (name: keyof typeof TRANSACTION_FIELDS): bigint =>
    decoded.fields[TRANSACTION_FIELDS[name]] ?? 0n;
  const fields = {
    status: field("status"),
    type: field("type"),
    nonce: field("nonce"),
    maxFeePerGas: field("maxFeePerGas"),
    maxPriorityFeePerGas: field("maxPriorityFeePerGas"),
    gasLimit: field("gasLimit"),
    isCreation: field("isCreation"),
    to: field("to"),
    value: field("value"),
    dataLength: field("dataLength"),
    intrinsicGas: field("intrinsicGas"),
    floorGas: field("floorGas"),
    signer: field("signer"),
    accessAddresses: field("accessAddresses"),
    accessSlots: field("accessSlots"),
  };
  return { fields, data: decoded.data };
}
