import type { Abi, Address, Hex, LocalAccount } from "viem";

/** Chains by the names that the scenarios give them. */
export type ChainName = "L1" | "A" | "B" | "C" | "LEDGER";
/** Chains whose contracts are written in Solidity. */
export type SolidityChain = Exclude<ChainName, "LEDGER">;

/** An account or a contract, and where it is at home. */
export interface Party {
  readonly chain: ChainName;
  readonly address: Address;
}

/** A contract that was deployed. */
export interface Contract extends Party {
  readonly abi: Abi;
}

/**
 * What is handed to contracts: a {@link Party} in it becomes the address under which it is known where it
 * arrives.
 */
export type Argument = bigint | number | boolean | string | Party | readonly Argument[] | ArgumentTuple;
export interface ArgumentTuple {
  readonly [field: string]: bigint | boolean | string | Party;
}

/** A call that an account signs, on the chain on which it signs it. */
export interface Call {
  readonly on: SolidityChain;
  readonly by: LocalAccount;
  readonly to: Contract;
  readonly call: string;
  readonly args?: readonly Argument[];
  readonly value?: bigint;
  /** Default: what the endpoint estimates, which refuses what would revert. */
  readonly gas?: bigint;
}

/** A transfer of Ether, or anything else that names no function. */
export interface Transfer {
  readonly on: SolidityChain;
  readonly by: LocalAccount;
  readonly to: Party;
  readonly data?: Hex;
  readonly value?: bigint;
  /** As in {@link Call}. */
  readonly gas?: bigint;
}

/** An event that a contract emitted, decoded. */
export interface SeenEvent {
  readonly name: string;
  readonly args: unknown;
}

/** A transaction that is on its chain. */
export interface Sent {
  readonly hash: Hex;
  /** False if it is there, but its code reverted. */
  readonly success: boolean;
  /** Contract that it created. */
  readonly created?: Address;
  /** Events of its chain that `of` emitted. */
  readonly events: (of: Contract) => SeenEvent[];
}

/** Where a scenario is played: on several chains, or on one chain that stands for all. */
export interface ScenarioChains {
  deploy(on: SolidityChain, name: string, args?: readonly Argument[]): Promise<Contract>;
  /** Under which address `from` knows the party; there is a proxy then, if one is needed. */
  addressOn(party: Party, from: ChainName): Promise<Address>;
  /** @throws what the chain's endpoint says, if it does not take the transaction. */
  send(call: Call): Promise<Sent>;
  transfer(transfer: Transfer): Promise<Sent>;
  /** Calls a view on the contract's own chain. */
  read(contract: Contract, call: string, args?: readonly Argument[]): Promise<unknown>;
  /** Wei. */
  balance(party: Party): Promise<bigint>;
}
