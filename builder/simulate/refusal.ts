import { LockstepError } from "../protocol/errors.ts";

/**
 * Why a transaction cannot be played across chains:
 * - `INSUFFICIENT_ROLLUP_BALANCE`: a rollup would send more Ether than L1 holds for it
 * - `NATIVE_TOKEN_ROLLUP`: Ether would cross the border of a rollup that has its own native token
 * - `AMBIGUOUS_EXECUTION`: two calls look the same on L1, which would take the one for the other
 * - `STATIC_CALL_TO_SUSPENDED_ROLLUP`: a view of a rollup that waits for the result of its own call, and
 *   cannot prove what it answers
 * - `CALL_TO_MANAGER`: a rollup would call `Rollups` itself, where its proxy could speak for any address
 * - `INSUFFICIENT_GAS`: it has less gas than its cross-chain calls may need
 * - `OUTGOING_CALL_TOO_EXPENSIVE`: the L1 calls made for an L2 transaction take more gas than any batch can
 *   bring
 * - `SUSPENDED_ROLLUP_READ`: `Rollups.rollupOf` is read of a rollup that waits for the result of its own call
 * - `UNSUPPORTED_CALL`: a call without a signature, to a rollup that has no such thing
 */
export type RefusalCode =
  | "INSUFFICIENT_ROLLUP_BALANCE"
  | "NATIVE_TOKEN_ROLLUP"
  | "AMBIGUOUS_EXECUTION"
  | "STATIC_CALL_TO_SUSPENDED_ROLLUP"
  | "CALL_TO_MANAGER"
  | "INSUFFICIENT_GAS"
  | "OUTGOING_CALL_TOO_EXPENSIVE"
  | "SUSPENDED_ROLLUP_READ"
  | "HISTORICAL_CROSSING"
  | "UNSUPPORTED_CALL";

/** The transaction cannot be played; L1 would refuse it as well. Nothing was changed. */
export class SimulationRefusedError extends LockstepError {
  constructor(code: RefusalCode, message: string) {
    super(code, message);
  }
}
