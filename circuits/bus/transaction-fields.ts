/**
 * Fields of the `transaction` tuples: what L1 says of an L2TX's signed Ethereum transaction. L1 alone decodes
 * it and recovers its signer (`contracts/proofs/bus/Transactions.sol`), so no circuit has to.
 */
export const TRANSACTION_FIELDS = {
  /** {@link TRANSACTION_STATUS}. Unless it is `valid`, no other field is sent, and no calldata. */
  status: 0,
  /** 0, 1 or 2. */
  type: 1,
  /** Below 2^64. */
  nonce: 2,
  /** Of types 0 and 1: the gas price. */
  maxFeePerGas: 3,
  /** As `maxFeePerGas`. */
  maxPriorityFeePerGas: 4,
  /** Below 2^64. */
  gasLimit: 5,
  /** 1 for a transaction without recipient. */
  isCreation: 6,
  /** 0 where it is a creation. */
  to: 7,
  /** Wei. */
  value: 8,
  /** Bytes. */
  dataLength: 9,
  /** What the transaction costs before its first operation (EIP-2028, EIP-2930, EIP-3860). */
  intrinsicGas: 10,
  /** What it costs at least (EIP-7623). */
  floorGas: 11,
  /** Never 0. */
  signer: 12,
  /** Of the access list. */
  accessAddresses: 13,
  /** Of the access list, over all addresses. */
  accessSlots: 14,
} as const;

export type TransactionField = keyof typeof TRANSACTION_FIELDS;

const isTransactionField = (name: string): name is TransactionField => name in TRANSACTION_FIELDS;

export const TRANSACTION_FIELD_NAMES: readonly TransactionField[] =
  Object.keys(TRANSACTION_FIELDS).filter(isTransactionField);

/** The form of an L2TX's data, and its signature. What depends on the state is not part of it. */
export const TRANSACTION_STATUS = {
  /** No transaction of a known type, no canonical encoding, for another chain, or wrongly signed. */
  invalid: 0,
  valid: 1,
  /** Of type 4, which L1 does not decode yet. It is not known whether it is valid: no circuit takes it. */
  unsupported: 2,
} as const;
