/** The rollups of every devnet, in the order of their numbers and ports. */
export const DEVNET_ROLLUPS = [
  { name: "Ledger", kind: "ledger" },
  { name: "A", kind: "evm" },
  { name: "B", kind: "evm" },
  { name: "C", kind: "proven-evm" },
] as const;
