import { type Address, concat, type Hex, numberToHex, pad } from "viem";
import { created } from "./gate.ts";

/**
 * Creation code of contracts that make one call again and again: calldata is how often, the address, and what
 * it is called with. They revert with what the first call that fails reverts with.
 */
export const REPEATER = {
  CALL: created(
    "0x6040360360405f375f355b80156028575f5f604036035f5f6020355af115602a5760019003600a565b005b3d5f5f3e3d5ffd",
  ),
  STATICCALL: created(
    "0x6040360360405f375f355b80156027575f5f604036035f6020355afa1560295760019003600a565b005b3d5f5f3e3d5ffd",
  ),
} as const;

/** Calldata for them. */
export function repeated(times: number, target: Address, data: Hex): Hex {
  return concat([numberToHex(times, { size: 32 }), pad(target), data]);
}
