import type { Address, Hex } from "viem";
import type { BlockState } from "../state-types.ts";
import type { AccountEntry, Entry, SlotEntry } from "./entry.ts";

/** What the leaves of a state stand for: read without a hash. */
export interface Leaves {
  readonly block: BlockState;
  account(address: Address): AccountEntry | undefined;
  slot(address: Address, slot: Hex): SlotEntry | undefined;
  slotsOf(address: Address): Iterable<SlotEntry>;
  entry(key: bigint): Entry | undefined;
}

/** Of a state without a leaf for its block. */
export const NO_BLOCK: BlockState = { number: 0n, timestamp: 0n };
