import type { Address } from "viem";

/** The last of a row without a gap (EIP-2537), and one far behind it (EIP-7951). */
const LAST_PRECOMPILE = 0x11n;
const P256VERIFY = 0x100n;

/** Whether Osaka has a precompile at the address. */
export function isPrecompile(address: Address): boolean {
  const number = BigInt(address);
  return (number >= 1n && number <= LAST_PRECOMPILE) || number === P256VERIFY;
}
