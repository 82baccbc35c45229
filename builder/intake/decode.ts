import { TransactionType, type TypedTransaction } from "@ethereumjs/tx";
import { type Address, bytesToHex, type Hex, isHex } from "viem";
import { transactionOf } from "../evm/signed-bytes.ts";
import { LockstepError } from "../protocol/errors.ts";
import { l1Common } from "../l1/common.ts";
import { Recent } from "../state/recent.ts";

/** The bytes are no transaction, or one that L1 could never include. */
export class MalformedTransactionError extends LockstepError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super("MALFORMED_TRANSACTION", `not a transaction for this chain: ${reason}`, options);
  }
}

/** A signed L1 transaction. */
export interface DecodedTransaction {
  readonly hash: Hex;
  readonly raw: Hex;
  readonly tx: TypedTransaction;
  readonly sender: Address;
  readonly nonce: bigint;
}

/**
 * Whether the bytes are a blob transaction, which carries more than can be simulated and is passed to L1 as
 * it is.
 */
export function isBlobTransaction(raw: Hex): boolean {
  return raw.startsWith("0x03");
}

/**
 * Decodes a raw transaction (types 0, 1, 2 and 4) and recovers its sender.
 * @throws {MalformedTransactionError} also for another chain's transaction.
 */
export function decodeTransaction(raw: Hex, l1ChainId: bigint): DecodedTransaction {
  return decoded.get(`${l1ChainId}:${raw}`, () => decodeAnew(raw, l1ChainId));
}

/** Gateways, queue, simulation and post look at the same bytes. */
const decoded = new Recent<DecodedTransaction>(4_096);

function decodeAnew(raw: Hex, l1ChainId: bigint): DecodedTransaction {
  if (!isHex(raw) || raw.length % 2 !== 0)
    throw new MalformedTransactionError("not whole bytes in hexadecimal");
  try {
    const tx = transactionOf(raw, l1Common(l1ChainId));
    if (tx.type === TransactionType.BlobEIP4844) throw new MalformedTransactionError("it carries blobs");
    const sender = bytesToHex(tx.getSenderAddress().bytes);
    return { hash: bytesToHex(tx.hash()), raw, tx, sender, nonce: tx.nonce };
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    throw new MalformedTransactionError(error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
