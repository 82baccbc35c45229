import type { Address, Hex } from "viem";
import type { AccountEntry, Entry, SlotEntry } from "./entry.ts";
import type { BlockState } from "../state-types.ts";
import { type Leaves, NO_BLOCK } from "./leaves.ts";

/** What the leaves of a state stand for, in maps: reading needs no hash. */
export class FlatState implements Leaves {
  readonly #entries = new Map<bigint, Entry>();
  readonly #accounts = new Map<Address, AccountEntry>();
  readonly #slots = new Map<Address, Map<Hex, SlotEntry>>();
  #block = NO_BLOCK;

  get block(): BlockState {
    return this.#block;
  }

  account(address: Address): AccountEntry | undefined {
    return this.#accounts.get(address);
  }

  slot(address: Address, slot: Hex): SlotEntry | undefined {
    return this.#slots.get(address)?.get(slot);
  }

  slotsOf(address: Address): Iterable<SlotEntry> {
    return this.#slots.get(address)?.values() ?? [];
  }

  entry(key: bigint): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Number of entries: leaves with a value. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Puts `entry` in the place of what is at its key, or removes that.
   * @returns what was there.
   */
  replace(key: bigint, entry: Entry | undefined): Entry | undefined {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(before);
    if (entry !== undefined) this.#add(entry);
    return before;
  }

  #add(entry: Entry): void {
    this.#entries.set(entry.key, entry);
    switch (entry.type) {
      case "account":
        this.#accounts.set(entry.address, entry);
        return;
      case "slot": {
        const slots = this.#slots.get(entry.address);
        if (slots === undefined) this.#slots.set(entry.address, new Map([[entry.slot, entry]]));
        else slots.set(entry.slot, entry);
        return;
      }
      case "block":
        this.#block = entry.block;
    }
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.key);
    switch (entry.type) {
      case "account":
        this.#accounts.delete(entry.address);
        return;
      case "slot": {
        const slots = this.#slots.get(entry.address);
        slots?.delete(entry.slot);
        if (slots?.size === 0) this.#slots.delete(entry.address);
        return;
      }
      case "block":
        this.#block = NO_BLOCK;
    }
  }
}
