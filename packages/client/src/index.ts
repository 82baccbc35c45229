/** Viem actions for contracts of several chains that Lockstep runs as one. */
export type * from "./rpc-types.ts";

export type { Devnet, LockstepNetwork, LockstepRollup } from "./network/network.ts";
export { parseDevnet } from "./network/parse-devnet.ts";
export { type ChainName, type ChainReference, type ResolvedChain, resolveChain } from "./network/chain.ts";

export type { Frame } from "./answers/frame.ts";
export type { RollupVisit, SettledTransaction } from "./answers/settlement.ts";
export type { EmittedEvent, EtherMovement, SimulatedFailure } from "./answers/simulation.ts";
export type { TransactionStatus } from "./answers/status.ts";

export * from "./errors/index.ts";
export { crossChainErrorsAbi, managerAbi } from "./protocol/abi.ts";

export type { AccountParameter } from "./viem/account-parameter.ts";
export * from "./viem/actions/call-across.ts";
export * from "./viem/actions/create-proxy.ts";
export * from "./viem/actions/get-remote-contract.ts";
export * from "./viem/actions/get-settlement.ts";
export * from "./viem/actions/proxy-of.ts";
export * from "./viem/actions/simulate-across.ts";
export * from "./viem/actions/trace-across.ts";
export * from "./viem/actions/wait-for-inclusion.ts";
export { chainsOf, type ChainsOf, type LockstepChain } from "./viem/chains-of.ts";
export type { DecodedEvent, DecodedFrame, DecodedRevert } from "./viem/decode.ts";
export { type LockstepActions, lockstepActions } from "./viem/lockstep-actions.ts";
export type { SimulatedAcross, SimulatedCallOptions, SimulatedOutcome } from "./viem/simulate.ts";
