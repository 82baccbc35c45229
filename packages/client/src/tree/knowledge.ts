import type { Abi } from "viem";
import type { ChainNumber, Hex } from "../rpc-types.ts";

/** What is known besides a trace itself: how to call chains and addresses, and how to read data. */
export interface Knowledge {
  /** A chain's name. */
  readonly chain: (chain: ChainNumber) => string;
  /** An account's name; nothing for one that has none. */
  readonly nameOf: (chain: ChainNumber, address: Hex) => string | undefined;
  /** The ABI of the contract at an address; nothing if it is not known. */
  readonly abiOf: (chain: ChainNumber, address: Hex) => Abi | undefined;
  /** All ABIs at hand, for contracts that are not known and for errors that come from further down. */
  readonly abis: readonly Abi[];
  /** Whether the protocol itself runs there: `Rollups`, its planner, proof systems, system contracts. */
  readonly isProtocol: (chain: ChainNumber, address: Hex) => boolean;
}
