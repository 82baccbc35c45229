import type { EVM } from "@ethereumjs/evm";
import { Address, bytesToUnprefixedHex, hexToBytes } from "@ethereumjs/util";
import type { Hex } from "viem";
import type { Journal } from "./journal.ts";
import type { JournaledState } from "./journaled-state.ts";

/** What was accessed, as long as it is known. */
export interface Accesses {
  /** Every address that is known to be accessed, with its slots; one that is always warm, only with some. */
  all(): Map<Hex, Set<Hex>>;
  /** Forgets everything, and takes another journal. */
  reset(next: Journal): void;
  /** What `work` accesses is not known afterwards; nothing is warm to it. */
  unseen<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** What EthereumJS writes an address or a slot as: hex without a prefix. */
type Key = string;

/**
 * Lets what was accessed (EIP-2929) and touched (EIP-161) be undone with the journal's levels: a frame of
 * another chain that reverts undoes it too, of which EthereumJS's own journal hears nothing. Its levels
 * become those of the state, which are the journal's.
 */
export function journalAccesses(accesses: EVM["journal"], state: JournaledState, first: Journal): Accesses {
  let journal = first;
  let slots = new Map<Key, Set<Key>>();
  let touched = new Set<Key>();
  /** Warm from the start: the caller, precompiled contracts. */
  let always = new Set<Key>();

  const slotsOf = (address: Key): Set<Key> => {
    const known = slots.get(address);
    if (known !== undefined) return known;
    const all = slots;
    const none = new Set<Key>();
    all.set(address, none);
    journal.record(() => all.delete(address));
    return none;
  };
  const warmSlot = (address: Key, slot: Key): void => {
    const own = slotsOf(address);
    if (own.has(slot)) return;
    own.add(slot);
    journal.record(() => own.delete(slot));
  };
  const touch = (address: Address): void => {
    const key = bytesToUnprefixedHex(address.bytes);
    if (touched.has(key)) return;
    const all = touched;
    all.add(key);
    journal.record(() => all.delete(key));
  };
  const clean = (): void => {
    slots = new Map();
    touched = new Set();
    always = new Set();
  };

  accesses.isWarmedAddress = (address) => slots.has(bytesToUnprefixedHex(address));
  accesses.isWarmedStorage = (address, slot) =>
    slots.get(bytesToUnprefixedHex(address))?.has(bytesToUnprefixedHex(slot)) === true;
  accesses.addWarmedAddress = (address) => void slotsOf(bytesToUnprefixedHex(address));
  accesses.addWarmedStorage = (address, slot) =>
    warmSlot(bytesToUnprefixedHex(address), bytesToUnprefixedHex(slot));
  // Comes before any frame that could revert, so these need no list of their own.
  accesses.addAlwaysWarmAddress = (address) => {
    always.add(unprefixed(address));
    void slotsOf(unprefixed(address));
  };
  accesses.addAlwaysWarmSlot = (address, slot) => warmSlot(unprefixed(address), unprefixed(slot));
  accesses.putAccount = async (address, account) => {
    touch(address);
    await state.putAccount(address, account);
  };
  accesses.deleteAccount = async (address) => {
    touch(address);
    await state.deleteAccount(address);
  };
  accesses.checkpoint = () => state.checkpoint();
  accesses.commit = () => state.commit();
  accesses.revert = () => state.revert();
  accesses.cleanJournal = clean;
  accesses.cleanup = async () => {
    for (const key of [...touched]) {
      const address = new Address(hexToBytes(`0x${key}`));
      const account = await state.getAccount(address);
      if (account === undefined || account.isEmpty()) await state.deleteAccount(address);
    }
    clean();
  };
  return {
    all: () =>
      new Map(
        [...slots].flatMap(([address, own]) =>
          own.size === 0 && always.has(address)
            ? []
            : [[prefixed(address), new Set([...own].map((slot) => prefixed(slot)))]],
        ),
      ),
    reset(next) {
      clean();
      journal = next;
    },
    async unseen(work) {
      const known = slots;
      slots = new Map();
      try {
        return await work();
      } finally {
        slots = known;
      }
    },
  };
}

function prefixed(key: Key): Hex {
  return `0x${key}`;
}

function unprefixed(hex: string): Key {
  return hex.replace(/^0x/, "");
}
