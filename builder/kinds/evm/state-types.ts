import type { Address, Hex } from "viem";
import type { StateRoot } from "../../protocol/ids.ts";

/** An account as the state commits to it. Balances of a rollup are below 2^128: L1 holds them. */
export interface EvmAccount {
  readonly nonce: bigint;
  /** Wei. */
  readonly balance: bigint;
  readonly code: Hex;
}

/** Number and time of the rollup's latest block: the state commits to them too. */
export interface BlockState {
  readonly number: bigint;
  /** Seconds. */
  readonly timestamp: bigint;
}

/**
 * What a visit read: the witness has to prove it. Addresses in lower case, slots and code as the EVM names
 * them.
 */
export interface Touched {
  readonly accounts: ReadonlySet<Address>;
  /** Slots (32 bytes) by account. */
  readonly slots: ReadonlyMap<Address, ReadonlySet<Hex>>;
}

/** What a visit leaves behind, absolute values. An account that is `undefined` no longer exists. */
export interface StateWrites {
  readonly accounts: ReadonlyMap<Address, EvmAccount | undefined>;
  /** Words (32 bytes) by slot (32 bytes), by account; zero words are absent from the state. */
  readonly slots: ReadonlyMap<Address, ReadonlyMap<Hex, Hex>>;
  readonly block: BlockState;
}

/** The committed state of one EVM rollup, without what a visit under way has written. */
export interface CommittedState {
  readonly block: BlockState;
  stateRoot(): StateRoot;
  account(address: Address): EvmAccount | undefined;
  /** @returns 32 bytes. */
  slot(address: Address, slot: Hex): Hex;
  /**
   * Applies what a visit wrote, as docs/spec.md section 7 orders it.
   * @returns what undoes it; undone newest first.
   */
  apply(writes: StateWrites): () => void;
}
