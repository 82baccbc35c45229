import type { Address } from "viem";

/** Addresses are compared in lower case. */
export function lowerCase(address: Address): Address {
  return `0x${address.slice(2).toLowerCase()}`;
}
