import { type Hex, size } from "viem";

/**
 * What the manager itself spends at most in what is usual (a few rollups' roots and balances change at once),
 * rounded up from `test/contracts/gas.json`: a transaction which has enough gas here has enough on L1. What
 * is unusual, the dry run before posting finds out.
 */
export const RELAY_GAS = 80_000n;
/** A turn to L1 and back in the middle of an execution. */
export const TURN_GAS = 60_000n;
/** For each byte that the manager reads (a slot of 31 costs 2,100), hashes, compares or returns. */
const GAS_PER_BYTE = 24n + 68n;

/** Gas for handling data of this size. */
export function dataGas(...data: readonly Hex[]): bigint {
  return data.reduce((gas, bytes) => gas + BigInt(size(bytes)) * GAS_PER_BYTE, 0n);
}
