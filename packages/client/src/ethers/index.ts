/** The same for ethers: functions that take a provider or a signer, and the network. */
export type { Devnet, LockstepNetwork, LockstepRollup } from "../network/network.ts";
export { parseDevnet } from "../network/parse-devnet.ts";
export { type ChainName, type ChainReference, type ResolvedChain, resolveChain } from "../network/chain.ts";
export type { Frame } from "../answers/frame.ts";
export type { RollupVisit, SettledTransaction } from "../answers/settlement.ts";
export type { EmittedEvent, EtherMovement, SimulatedFailure } from "../answers/simulation.ts";
export type { TransactionStatus } from "../answers/status.ts";
export * from "../errors/index.ts";
export { crossChainErrorsAbi, managerAbi } from "../protocol/abi.ts";

export type { Runner } from "./connection.ts";
export { createProxy } from "./create-proxy.ts";
export type { DecodedEvent, DecodedFrame } from "./decode.ts";
export * from "./get-remote-contract.ts";
export { getSettlement } from "./get-settlement.ts";
export * from "./proxy-of.ts";
export * from "./simulate-across.ts";
export * from "./trace-across.ts";
export * from "./wait-for-inclusion.ts";
