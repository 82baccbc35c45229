import type { Address, Hex } from "viem";
import type { BlockState } from "../state-types.ts";
import type { AccountEntry, Entry, SlotEntry } from "./entry.ts";
import { type Leaves, NO_BLOCK } from "./leaves.ts";

/** Leaves with changes over them. What lies beneath stays as it is, and may be read by others meanwhile. */
export class FlatOverlay implements Leaves {
  readonly #base: Leaves;
  readonly #entries: Map<bigint, Entry | undefined>;
  readonly #accounts: Map<Address, AccountEntry | undefined>;
  readonly #slots: Map<Address, Map<Hex, SlotEntry | undefined>>;
  #block: BlockState | undefined;

  /** @param like what has the same changes to begin with. */
  constructor(base: Leaves, like?: FlatOverlay) {
    this.#base = base;
    this.#entries = new Map(like === undefined ? [] : like.#entries);
    this.#accounts = new Map(like === undefined ? [] : like.#accounts);
    const slots = like === undefined ? [] : [...like.#slots];
    this.#slots = new Map(slots.map(([address, words]) => [address, new Map(words)]));
    this.#block = like === undefined ? undefined : like.#block;
  }

  get block(): BlockState {
    return this.#block ?? this.#base.block;
  }

  account(address: Address): AccountEntry | undefined {
    return this.#accounts.has(address) ? this.#accounts.get(address) : this.#base.account(address);
  }

  slot(address: Address, slot: Hex): SlotEntry | undefined {
    const changed = this.#slots.get(address);
    return changed?.has(slot) === true ? changed.get(slot) : this.#base.slot(address, slot);
  }

  *slotsOf(address: Address): Iterable<SlotEntry> {
    const changed = this.#slots.get(address);
    for (const entry of this.#base.slotsOf(address)) if (changed?.has(entry.slot) !== true) yield entry;
    for (const entry of changed?.values() ?? []) if (entry !== undefined) yield entry;
  }

  entry(key: bigint): Entry | undefined {
    return this.#entries.has(key) ? this.#entries.get(key) : this.#base.entry(key);
  }

  /**
   * Puts `entry` in the place of what is at its key, or removes that.
   * @returns what was there.
   */
  replace(key: bigint, entry: Entry | undefined): Entry | undefined {
    const before = this.entry(key);
    if (before !== undefined) this.#remove(before);
    if (entry !== undefined) this.#add(entry);
    this.#entries.set(key, entry);
    return before;
  }

  #add(entry: Entry): void {
    switch (entry.type) {
      case "account":
        this.#accounts.set(entry.address, entry);
        return;
      case "slot":
        this.#slotsAt(entry.address).set(entry.slot, entry);
        return;
      case "block":
        this.#block = entry.block;
    }
  }

  #remove(entry: Entry): void {
    switch (entry.type) {
      case "account":
        this.#accounts.set(entry.address, undefined);
        return;
      case "slot":
        this.#slotsAt(entry.address).set(entry.slot, undefined);
        return;
      case "block":
        this.#block = NO_BLOCK;
    }
  }

  #slotsAt(address: Address): Map<Hex, SlotEntry | undefined> {
    const known = this.#slots.get(address);
    if (known !== undefined) return known;
    const slots = new Map<Hex, SlotEntry | undefined>();
    this.#slots.set(address, slots);
    return slots;
  }
}
