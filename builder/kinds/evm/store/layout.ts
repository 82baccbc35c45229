import { type Address, type Hex, slice } from "viem";
import { type FieldElement, fieldElement } from "../../../protocol/ids.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { recentPoseidon } from "../../../state/recent.ts";
import { KEY_BITS } from "../../../state/types.ts";
import type { BlockState, EvmAccount } from "../state-types.ts";
import type { Entry } from "./entry.ts";

/** First input of a key's hash, by what the key names. */
const DOMAIN = { account: 1n, slot: 2n, block: 3n } as const;

/** How many hashes of keys and values are remembered. */
const RECENT_HASHES = 1 << 15;

const ABSENT = fieldElement(0n);
/** What an absent slot holds. */
export const EMPTY_WORD: Hex = `0x${"00".repeat(32)}`;

/** Keys and values of an EVM rollup's state (docs/spec.md section 7). A value of 0: absent. */
export class StateLayout {
  readonly blockKey: bigint;
  readonly #poseidon: Poseidon;
  readonly #values = new WeakMap<Entry, FieldElement>();

  constructor(poseidon: Poseidon) {
    this.#poseidon = recentPoseidon(poseidon, RECENT_HASHES);
    this.blockKey = this.#key([DOMAIN.block, 0n]);
  }

  accountKey(address: Address): bigint {
    return this.#key([DOMAIN.account, BigInt(address)]);
  }

  /** @param slot 32 bytes. */
  slotKey(address: Address, slot: Hex): bigint {
    return this.#key([DOMAIN.slot, BigInt(address), ...halves(slot)]);
  }

  /** @param codeHash of the account's code, which the caller knows. */
  accountValue(account: EvmAccount | undefined, codeHash: Hex): FieldElement {
    if (account === undefined) return ABSENT;
    return this.#poseidon([account.nonce, account.balance, ...halves(codeHash)]);
  }

  /** @param word 32 bytes. */
  slotValue(word: Hex): FieldElement {
    return word === EMPTY_WORD ? ABSENT : this.#poseidon(halves(word));
  }

  blockValue({ number, timestamp }: BlockState): FieldElement {
    return this.#poseidon([number, timestamp]);
  }

  /** Key of the leaf that has to stand for `entry`. */
  keyOf(entry: Entry): bigint {
    switch (entry.type) {
      case "account":
        return this.accountKey(entry.address);
      case "slot":
        return this.slotKey(entry.address, entry.slot);
      case "block":
        return this.blockKey;
    }
  }

  /** Value of the leaf that stands for `entry`; hashed once for each. */
  valueOf(entry: Entry): FieldElement {
    const known = this.#values.get(entry);
    if (known !== undefined) return known;
    const value = this.#hashValue(entry);
    this.#values.set(entry, value);
    return value;
  }

  #hashValue(entry: Entry): FieldElement {
    switch (entry.type) {
      case "account":
        return this.accountValue(entry.account, entry.codeHash);
      case "slot":
        return this.slotValue(entry.word);
      case "block":
        return this.blockValue(entry.block);
    }
  }

  #key(inputs: readonly bigint[]): bigint {
    return BigInt.asUintN(KEY_BITS, this.#poseidon(inputs));
  }
}

/** The high and the low 128 bits of 32 bytes. */
function halves(word: Hex): [high: bigint, low: bigint] {
  return [BigInt(slice(word, 0, 16)), BigInt(slice(word, 16))];
}
