import { LockstepError } from "../protocol/errors.ts";

/**
 * Why a transaction cannot be played across chains:
 * - `UNKNOWN_ROLLUP`: it calls a rollup that this builder does not run
 * - `INSUFFICIENT_ROLLUP_BALANCE`: a rollup would send more Ether than L1 holds for it
 * - `NATIVE_TOKEN_ROLLUP`: Ether would cross the border of a rollup that has its own native token
 * - `UNDONE_CROSS_CHAIN_CALL`: an L1 frame reverts after it called a rollup while another cross-chain call is still open
 * - `AMBIGUOUS_EXECUTION`: a call that was undone is made again from the same state, and goes another way
 * - `STATIC_CALL_TO_SUSPENDED_ROLLUP`: a view of a rollup that waits for the result of its own call
 * - `STATIC_CALL_LEAVES_ROLLUP`: a view that would have to call L1
 * - `CALL_TO_MANAGER`: a rollup would call `Rollups` itself, where its proxy could speak for anybody
 * - `INSUFFICIENT_GAS`: it has less gas than its cross-chain calls may need
 * - `OUTGOING_CALL_TOO_EXPENSIVE`: an L1 call made for an L2 transaction uses more gas than L1 guarantees it
 * - `SUSPENDED_ROLLUP_READ`: `Rollups.rollupOf` is read of a rollup that waits for the result of its own call
 * - `UNSTABLE_READ`: what `Rollups.rollupOf` answered depends on a later transaction, or on itself
 * - `UNSUPPORTED_ACTION`: a rollup answered with an action that L1 does not play yet
 */
export type RefusalCode =
  | "UNKNOWN_ROLLUP"
  | "INSUFFICIENT_ROLLUP_BALANCE"
  | "NATIVE_TOKEN_ROLLUP"
  | "UNDONE_CROSS_CHAIN_CALL"
  | "AMBIGUOUS_EXECUTION"
  | "STATIC_CALL_TO_SUSPENDED_ROLLUP"
  | "STATIC_CALL_LEAVES_ROLLUP"
  | "CALL_TO_MANAGER"
  | "INSUFFICIENT_GAS"
  | "OUTGOING_CALL_TOO_EXPENSIVE"
  | "SUSPENDED_ROLLUP_READ"
  | "UNSTABLE_READ"
  | "UNSUPPORTED_ACTION";

/** The transaction cannot be played; L1 would refuse it as well. Nothing was changed. */
export class SimulationRefusedError extends LockstepError {
  constructor(code: RefusalCode, message: string) {
    super(code, message);
  }
}
