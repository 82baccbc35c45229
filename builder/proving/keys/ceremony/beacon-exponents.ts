/** Bounds on the exponent of a beacon's iterations: snarkjs refuses less, and 2^30 take hours. */
export const BEACON_EXPONENTS = { least: 10, most: 30 } as const;
