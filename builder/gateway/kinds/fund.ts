import type { Address } from "viem";

/** Brings Ether from L1, which holds all that there is, to an account on a rollup. */
export type Fund = (address: Address, wei: bigint) => Promise<void>;
