/** The first port of a devnet or a builder that is told no other. */
export const DEFAULT_PORT_BASE = 8545;

/** The greatest port. */
export const LAST_PORT = 65_535;
