import { type Hex, size } from "viem";

/**
 * Upper bounds of what the manager itself spends, so that a transaction which has enough gas here has enough on L1.
 * Measured on the contracts (test/builder/gas.test.ts) and rounded up.
 */
export const RELAY_GAS = 140_000n;
/** A turn to L1 and back in the middle of an execution. */
export const TURN_GAS = 110_000n;
/** For each byte that the manager reads, hashes, compares or returns. */
const GAS_PER_BYTE = 24n;

/** Gas for handling data of this size. */
export function dataGas(...data: readonly Hex[]): bigint {
  return data.reduce((gas, bytes) => gas + BigInt(size(bytes)) * GAS_PER_BYTE, 0n);
}
