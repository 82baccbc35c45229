/** Name of the circuit whose rows prove what EVM rollups do. */
export const EVM_CIRCUIT = "evm";

/** Proofs of one statement, at most: more would take a batch's gas alone. */
export const MAX_PROOFS = 8;

/**
 * Codes that the proofs of one statement vouch for: the circuit's slots, without loading its rows to count
 * them.
 */
export const CODE_SLOTS = 2;
