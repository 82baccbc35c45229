import { type Address, type Hex, hexToBytes, size, slice } from "viem";
import { type FieldElement, fieldElement } from "../../../protocol/ids.ts";
import { dataWords } from "../../../protocol/statement.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { Recent, recentPoseidon } from "../../../state/recent.ts";
import { KEY_BITS } from "../../../state/types.ts";
import type { BlockState, EvmAccount } from "../state-types.ts";
import type { Entry } from "./entry.ts";

/** First input of a key's hash, by what the key names. */
const DOMAIN = { account: 1n, slot: 2n, block: 3n } as const;

/** Words of code that one hash takes in, beside the hash so far. */
const WORDS_PER_HASH = 15;

/** How many hashes of keys and values are remembered, and how many codes. */
const RECENT_HASHES = 1 << 15;
const RECENT_CODES = 1 << 10;

/** Codes take long to hash, and rollups begin with the same. */
const commitments = new WeakMap<Poseidon, Recent<FieldElement>>();

const ABSENT = fieldElement(0n);
/** What an absent slot holds. */
export const EMPTY_WORD: Hex = `0x${"00".repeat(32)}`;

/** Keys and values of an EVM rollup's state (docs/spec.md section 7). A value of 0: absent. */
export class StateLayout {
  readonly blockKey: bigint;
  readonly #poseidon: Poseidon;
  readonly #plain: Poseidon;
  readonly #codes: Recent<FieldElement>;
  readonly #values = new WeakMap<Entry, FieldElement>();

  constructor(poseidon: Poseidon) {
    this.#plain = poseidon;
    this.#codes = commitments.get(poseidon) ?? new Recent<FieldElement>(RECENT_CODES);
    commitments.set(poseidon, this.#codes);
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
    const { nonce, balance, code } = account;
    return this.#poseidon([nonce, balance, ...halves(codeHash), this.#codeCommitment(code, codeHash)]);
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

  #codeCommitment(code: Hex, codeHash: Hex): FieldElement {
    return this.#codes.get(codeHash, () => {
      const words = dataWords(hexToBytes(code));
      let hash = fieldElement(BigInt(size(code)));
      for (let at = 0; at < words.length; at += WORDS_PER_HASH) {
        const chunk: bigint[] = words.slice(at, at + WORDS_PER_HASH);
        while (chunk.length < WORDS_PER_HASH) chunk.push(0n);
        hash = this.#plain([hash, ...chunk]);
      }
      return hash;
    });
  }

  #key(inputs: readonly bigint[]): bigint {
    return BigInt.asUintN(KEY_BITS, this.#poseidon(inputs));
  }
}

/** The high and the low 128 bits of 32 bytes. */
function halves(word: Hex): [high: bigint, low: bigint] {
  return [BigInt(slice(word, 0, 16)), BigInt(slice(word, 16))];
}
