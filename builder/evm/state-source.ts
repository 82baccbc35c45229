import type { Address, Hex } from "viem";

/** An account as a chain has it; one that does not exist has no nonce, no balance and no code. */
export interface SourceAccount {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  readonly code: Hex;
}

/** The state on which an EVM plays: it is read, never written. Addresses are in lower case. */
export interface StateSource {
  account(address: Address): Promise<SourceAccount>;
  /**
   * @param slot 32 bytes.
   * @returns the word, of any length up to 32 bytes.
   */
  storage(address: Address, slot: Hex): Promise<Hex>;
}
