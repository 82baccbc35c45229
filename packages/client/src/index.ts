/** Viem actions and an ethers equivalent for contracts of several chains that Lockstep runs as one. */
export type * from "./rpc-types.ts";
