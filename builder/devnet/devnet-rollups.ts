/** A rollup that a devnet has. */
export interface DevnetRollup {
  /** What people call it. */
  readonly name: string;
  /** Name of what it executes: one of `KIND_NAMES`. */
  readonly kind: string;
}

/** The rollups of a devnet that is told nothing else, in the order of their numbers and ports. */
export const DEVNET_ROLLUPS = [
  { name: "Ledger", kind: "ledger" },
  { name: "A", kind: "evm" },
  { name: "B", kind: "evm" },
  { name: "C", kind: "proven-evm" },
] as const satisfies readonly DevnetRollup[];

/** Rollups as `--rollups` takes them. */
export function shownRollups(rollups: readonly DevnetRollup[]): string {
  return rollups.map(({ name, kind }) => `${name}:${kind}`).join(",");
}
