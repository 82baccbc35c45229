import type { Address, Hex } from "viem";
import type { KeyProof, Siblings } from "../../../state/types.ts";
import type { BlockState } from "../state-types.ts";

/** An account at the state's root, or that there is none. */
export interface AccountWitness {
  readonly address: Address;
  /** Undefined: the account does not exist. */
  readonly account: { readonly nonce: bigint; readonly balance: bigint; readonly codeHash: Hex } | undefined;
  readonly proof: KeyProof;
}

/** A slot at the state's root. */
export interface SlotWitness {
  readonly address: Address;
  /** 32 bytes, like the word; a zero word: the slot is absent. */
  readonly slot: Hex;
  readonly word: Hex;
  readonly proof: KeyProof;
}

/**
 * The part of an EVM rollup's state that one visit reads and writes, proven under the root before it
 * (docs/spec.md section 7). Re-executing the visit, and following what it writes to the root after, needs
 * nothing else of the state.
 */
export interface StateWitness {
  /** Number of leaves. */
  readonly size: bigint;
  /** The latest block; number and time 0 before the first. */
  readonly block: { readonly state: BlockState; readonly proof: KeyProof };
  readonly accounts: readonly AccountWitness[];
  readonly slots: readonly SlotWitness[];
  /** Codes of the accounts that have one, each once. */
  readonly codes: readonly Hex[];
  /**
   * Path of the first empty place, which is number `size`: new leaves go there and behind it. A full tree has
   * none.
   */
  readonly nextPlace: Siblings | undefined;
}
