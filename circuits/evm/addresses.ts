/** The proxies' manager on every EVM rollup (docs/spec.md, section 7): "Lockstep" in ASCII. */
export const SYSTEM_ADDRESS = 0x4c6f636b73746570n;
