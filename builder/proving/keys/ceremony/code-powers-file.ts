/** Beside a key with committed wires: what codes are committed to with, see `CodePowersFile`. */
export const CEREMONY_CODE_POWERS = "codes.tau";
