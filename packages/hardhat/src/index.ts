/** Hardhat 3 plugin: networks of the type `lockstep`. */
export {};
