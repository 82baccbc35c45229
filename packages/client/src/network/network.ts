import type { Hex } from "../rpc-types.ts";

/** A rollup, as `devnet.json` tells it. */
export interface LockstepRollup {
  /** Lockstep's number of the chain, 1 or more. */
  readonly id: number;
  readonly name: string;
  /** What it executes: `ledger`, `evm`, `proven-evm`. */
  readonly kind: string;
  /** False: nothing proves its state, it can be forged. */
  readonly proven: boolean;
  /** URL of its gateway. */
  readonly gateway: string;
  /** EVM chain id: what wallets know it by. */
  readonly chainId: number;
  /** The contract that was there from the beginning: of an EVM rollup, the manager of its proxies. */
  readonly contract: Hex;
}

/**
 * L1 and the rollups that one builder serves: what this package has to know of them. The content of
 * `devnet.json` is one; names that are literals (`as const`) are checked by the compiler.
 */
export interface LockstepNetwork {
  readonly l1: {
    /** URL of L1's gateway. */
    readonly gateway: string;
    /** EVM chain id of L1. */
    readonly chainId: number;
    /** Address of the `Rollups` contract. */
    readonly rollups: Hex;
  };
  readonly rollups: readonly LockstepRollup[];
}

/** A devnet's description: a network, and accounts with Ether whose keys are public. */
export interface Devnet extends LockstepNetwork {
  readonly l1: LockstepNetwork["l1"] & {
    /** URL of the node itself. Calls to proxies that are sent there find no execution. */
    readonly rpc: string;
  };
  readonly accounts: readonly { readonly address: Hex; readonly privateKey: Hex }[];
}
