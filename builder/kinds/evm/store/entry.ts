import type { Address, Hex } from "viem";
import type { BlockState, EvmAccount } from "../state-types.ts";

interface Leaf {
  /** Key of the leaf in the tree. Its value is hashed when the tree needs it: `StateLayout.valueOf`. */
  readonly key: bigint;
}

export interface AccountEntry extends Leaf {
  readonly type: "account";
  readonly address: Address;
  readonly account: EvmAccount;
  readonly codeHash: Hex;
}

export interface SlotEntry extends Leaf {
  readonly type: "slot";
  readonly address: Address;
  readonly slot: Hex;
  readonly word: Hex;
}

export interface BlockEntry extends Leaf {
  readonly type: "block";
  readonly block: BlockState;
}

/** What one leaf of the tree stands for. */
export type Entry = AccountEntry | SlotEntry | BlockEntry;
