/** Added by the manager to what it must have left to give a callee its gas (`Player._requireGas`). */
const CALL_OVERHEAD = 60_000n;

/**
 * Gas that a batch has for the L1 calls of its L2 transactions: what one transaction may use (EIP-7825), less
 * the posting.
 */
export const BATCH_CALL_GAS = (1n << 24n) - 1_500_000n;

/**
 * Gas that must be left on L1 for a callee to be given exactly `gas`: this and the 64ths that two frames
 * keep. The transaction that plays the list has to bring it; only what the callee uses is spent of it.
 */
export function gasToGive(gas: number): bigint {
  return BigInt(gas) + BigInt(gas) / 31n + CALL_OVERHEAD;
}
