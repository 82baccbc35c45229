import { type Address as EvmAddress, createAddressFromString } from "@ethereumjs/util";
import type { Address } from "viem";

/** The proxies' manager on every EVM rollup ("Lockstep" in ASCII; docs/spec.md section 7). */
export const SYSTEM: Address = "0x0000000000000000000000004c6f636b73746570";
/** The same, as the EVM takes it. */
export const SYSTEM_ADDRESS: EvmAddress = createAddressFromString(SYSTEM);
