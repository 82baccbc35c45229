import { type Address as EvmAddress, createAddressFromString } from "@ethereumjs/util";
import type { Address } from "viem";

/**
 * The account that stands for cheats on an EVM rollup that was registered for tests ("cheats" in ASCII;
 * docs/spec.md section 9): its nonce counts them, and what balances are raised by is taken from its own.
 */
export const CHEATS: Address = "0x0000000000000000000000000000636865617473";
/** The same, as the EVM takes it. */
export const CHEATS_ADDRESS: EvmAddress = createAddressFromString(CHEATS);
