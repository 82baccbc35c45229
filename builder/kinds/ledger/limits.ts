/**
 * Capacities of the ledger's circuits (docs/spec.md section 5). They size the circuits' inputs: a change here
 * is a change of every verification key.
 */

/** Bytes of calldata of a CALL, and of the calldata inside an L2TX. */
export const MAX_CALLDATA_BYTES = 424;
/** Bytes of an L2TX in front of its calldata: five field elements, nonce, deadline. */
export const L2TX_HEADER_BYTES = 5 * 32 + 8 + 8;
export const MAX_L2TX_BYTES = L2TX_HEADER_BYTES + MAX_CALLDATA_BYTES;
/** Bytes of return or revert data of an outgoing call. */
export const MAX_RETURN_DATA_BYTES = 256;
/** 31-byte words that an L2TX's signed calldata hash takes in: enough for {@link MAX_CALLDATA_BYTES}. */
export const SIGNED_CALLDATA_WORDS = 14;
/** Operations a visit may have, by circuit instance, smallest first. */
export const OPERATIONS_OF_CIRCUIT = { ledger1: 1, ledger2: 2 } as const;
/** Operations of the largest instance. */
export const MAX_OPERATIONS: number = OPERATIONS_OF_CIRCUIT.ledger2;

/**
 * Gas that L1 gives to the callee of an L2TX's `send`; not part of what is signed, so it is the same for all.
 */
export const OUTGOING_GAS = 1_000_000;

/** Balances are below this, wei. */
export const BALANCE_LIMIT = 1n << 128n;
/** Nonces are below this. */
export const NONCE_LIMIT = 1n << 64n;
