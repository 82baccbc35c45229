import type { Address, Hex } from "viem";
import type { BlockState } from "../state-types.ts";
import type { Change } from "./changes.ts";
import type { AccountEntry, Entry, SlotEntry } from "./entry.ts";
import { ForgottenMomentError } from "../../../state/errors.ts";
import type { FlatState } from "./flat-state.ts";
import { type Leaves, NO_BLOCK } from "./leaves.ts";
import { codeNote } from "./notes.ts";
import { encodeReplaced, pastNote, type Place, placeOf, type Replaced } from "./past.ts";

/** How many blocks back the state can be read. */
export const KEPT_BLOCKS = 1_024n;

/** One step away from the durable state. */
export interface Applied {
  readonly changes: readonly Change[];
  readonly replaced: readonly (readonly [key: bigint, entry: Entry | undefined])[];
}

/** What became durable at once, of one block. */
interface Passed {
  readonly block: bigint;
  readonly replaced: readonly Replaced[];
}

/** What was there until a version of the state replaced it. */
interface Earlier {
  readonly version: number;
  readonly before: Entry | undefined;
}

/**
 * The durable state, and what it was after each of the last {@link KEPT_BLOCKS} blocks. Each block is kept as
 * what it replaced, so that keeping them costs what they changed. Versions count what became durable: a block
 * may grow by what follows in it.
 */
export class StateHistory {
  readonly #durable: FlatState;
  readonly #passed: Passed[] = [];
  /** Version of the durable state, and how far back it goes. */
  #version = 0;
  #first = 0;
  readonly #byKey = new Map<bigint, Earlier[]>();
  readonly #accounts = new Map<Address, Earlier[]>();
  readonly #slots = new Map<Address, Map<Hex, Earlier[]>>();
  readonly #blocks: Earlier[] = [];

  /** @param past what was replaced by the blocks up to the durable state's own, none missing. */
  constructor(durable: FlatState, past: readonly Passed[] = []) {
    this.#durable = durable;
    for (const each of past) this.#note(each);
  }

  get durable(): Leaves {
    return this.#durable;
  }

  /** The oldest block after which the state is known. */
  get oldest(): bigint {
    const [first] = this.#passed;
    return first === undefined ? this.#durable.block.number : first.block - 1n;
  }

  /** The durable state, which stays as it is for who reads it. */
  now(): Leaves {
    return new PastState(this, this.#version);
  }

  /** The state after `block`; nothing if it is not known. */
  at(block: bigint): Leaves | undefined {
    if (block < this.oldest || block > this.#durable.block.number) return undefined;
    const later = this.#passed.filter((each) => each.block > block).length;
    return new PastState(this, this.#version - later);
  }

  /** What the steps replace, by block. Nothing is changed yet. */
  passing(applied: readonly Applied[]): Passed[] {
    const passed: { block: bigint; replaced: Map<bigint, Replaced> }[] = [];
    let { number } = this.#durable.block;
    for (const { changes, replaced } of applied) {
      const before = new Map(replaced);
      for (const { entry } of changes) if (entry?.type === "block") number = entry.block.number;
      // The state of genesis has nothing before it.
      if (number === 0n) continue;
      const last = passed.at(-1);
      const own = last?.block === number ? last : { block: number, replaced: new Map<bigint, Replaced>() };
      if (own !== last) passed.push(own);
      for (const { key, entry } of changes) {
        const old = before.get(key);
        const named = old ?? entry;
        if (named === undefined || own.replaced.has(key)) continue;
        own.replaced.set(key, { key, place: placeOf(named), before: old });
      }
    }
    return passed.map(({ block, replaced }) => ({ block, replaced: [...replaced.values()] }));
  }

  /** The notes that have to change when this becomes durable. */
  notesOf(passing: readonly Passed[]): Map<string, string | undefined> {
    const notes = new Map<string, string | undefined>();
    for (const { block, replaced } of passing) {
      const whole = new Map<bigint, Replaced>();
      for (const each of [...this.#passed.filter((one) => one.block === block), { replaced }])
        for (const one of each.replaced) if (!whole.has(one.key)) whole.set(one.key, one);
      notes.set(pastNote(block), encodeReplaced([...whole.values()]));
      for (const { key, before } of replaced) {
        const durable = this.#durable.entry(key);
        if (before?.type !== "account" || before.account.code === "0x") continue;
        // A code that came and went since the last durable state is noted nowhere else.
        if (durable?.type === "account" && durable.codeHash === before.codeHash) continue;
        notes.set(codeNote(before.codeHash), before.account.code.slice(2));
      }
    }
    const newest = passing.at(-1)?.block ?? this.#durable.block.number;
    for (const { block } of this.#passed)
      if (block <= newest - KEPT_BLOCKS) notes.set(pastNote(block), undefined);
    return notes;
  }

  /** The steps have become durable. */
  advance(applied: readonly Applied[], passing: readonly Passed[]): void {
    // First: who reads an earlier version finds there what the maps lose now.
    for (const each of passing) this.#note(each);
    for (const { changes } of applied)
      for (const { key, entry } of changes) this.#durable.replace(key, entry);
    const { number } = this.#durable.block;
    for (let [oldest] = this.#passed; oldest !== undefined; [oldest] = this.#passed) {
      if (oldest.block > number - KEPT_BLOCKS) return;
      this.#forget(oldest);
    }
  }

  /** What was at a place in an earlier version, if it was replaced since. */
  earlier(version: number, place: Place | { readonly key: bigint }): Earlier | undefined {
    if (version < this.#first) throw new ForgottenMomentError();
    if (version === this.#version) return undefined;
    const list = this.#listOf(place);
    if (list === undefined) return undefined;
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle]?.version ?? 0) > version) high = middle;
      else low = middle + 1;
    }
    return list[low];
  }

  /** Slots of an account that some version replaced. */
  replacedSlots(address: Address): Iterable<Hex> {
    return this.#slots.get(address)?.keys() ?? [];
  }

  #listOf(place: Place | { readonly key: bigint }): Earlier[] | undefined {
    if ("key" in place) return this.#byKey.get(place.key);
    if (place.type === "block") return this.#blocks;
    if (place.type === "account") return this.#accounts.get(place.address);
    return this.#slots.get(place.address)?.get(place.slot);
  }

  #note(passed: Passed): void {
    const version = ++this.#version;
    this.#passed.push(passed);
    for (const { key, place, before } of passed.replaced) {
      const list = this.#byKey.get(key) ?? this.#begin(key, place);
      list.push({ version, before });
    }
  }

  /** One list for each leaf, found by its key and by what it stands for. */
  #begin(key: bigint, place: Place): Earlier[] {
    const list = place.type === "block" ? this.#blocks : [];
    this.#byKey.set(key, list);
    if (place.type === "account") this.#accounts.set(place.address, list);
    if (place.type === "slot") {
      const slots = this.#slots.get(place.address) ?? new Map<Hex, Earlier[]>();
      this.#slots.set(place.address, slots.set(place.slot, list));
    }
    return list;
  }

  #forget(oldest: Passed): void {
    this.#passed.shift();
    this.#first++;
    for (const { key, place } of oldest.replaced) {
      const list = this.#byKey.get(key);
      list?.shift();
      if (list === undefined || list.length > 0 || place.type === "block") continue;
      this.#byKey.delete(key);
      if (place.type === "account") this.#accounts.delete(place.address);
      if (place.type !== "slot") continue;
      const slots = this.#slots.get(place.address);
      slots?.delete(place.slot);
      if (slots?.size === 0) this.#slots.delete(place.address);
    }
  }
}

/** One version of the state: what has been replaced since is looked up. */
class PastState implements Leaves {
  readonly #history: StateHistory;
  readonly #version: number;

  constructor(history: StateHistory, version: number) {
    this.#history = history;
    this.#version = version;
  }

  get block(): BlockState {
    const earlier = this.#earlier({ type: "block" });
    if (earlier === undefined) return this.#history.durable.block;
    return earlier.before?.type === "block" ? earlier.before.block : NO_BLOCK;
  }

  account(address: Address): AccountEntry | undefined {
    const earlier = this.#earlier({ type: "account", address });
    if (earlier === undefined) return this.#history.durable.account(address);
    return earlier.before?.type === "account" ? earlier.before : undefined;
  }

  slot(address: Address, slot: Hex): SlotEntry | undefined {
    const earlier = this.#earlier({ type: "slot", address, slot });
    if (earlier === undefined) return this.#history.durable.slot(address, slot);
    return earlier.before?.type === "slot" ? earlier.before : undefined;
  }

  *slotsOf(address: Address): Iterable<SlotEntry> {
    const names = new Set([...this.#history.durable.slotsOf(address)].map(({ slot }) => slot));
    for (const name of this.#history.replacedSlots(address)) names.add(name);
    for (const name of names) {
      const entry = this.slot(address, name);
      if (entry !== undefined) yield entry;
    }
  }

  entry(key: bigint): Entry | undefined {
    const earlier = this.#earlier({ key });
    return earlier === undefined ? this.#history.durable.entry(key) : earlier.before;
  }

  #earlier(place: Place | { readonly key: bigint }): Earlier | undefined {
    return this.#history.earlier(this.#version, place);
  }
}
