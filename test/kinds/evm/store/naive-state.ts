import { type Address, type Hex, keccak256, numberToHex } from "viem";
import type { BlockState, EvmAccount, StateWrites } from "../../../../builder/kinds/evm/state-types.ts";
import type { Poseidon } from "../../../../builder/state/poseidon.ts";
import { naiveStateRoot, naiveUpsert } from "../../../state/naive-tree.ts";

const MASK = (1n << 248n) - 1n;
const ZERO = `0x${"00".repeat(32)}`;

/**
 * Section 7 of docs/spec.md, "State", by definition: the whole state is laid out anew for each visit, and the
 * keys whose value differs are upserted. Shares nothing with the builder but the hash.
 */
export class NaiveState {
  readonly #poseidon: Poseidon;
  accounts = new Map<Address, EvmAccount>();
  slots = new Map<string, Hex>();
  block: BlockState | undefined;
  #tree = new Map<bigint, bigint>([[0n, 0n]]);

  constructor(poseidon: Poseidon) {
    this.#poseidon = poseidon;
  }

  copy(): NaiveState {
    const copy = new NaiveState(this.#poseidon);
    copy.accounts = new Map(this.accounts);
    copy.slots = new Map(this.slots);
    copy.block = this.block;
    copy.#tree = new Map(this.#tree);
    return copy;
  }

  root(): bigint {
    return naiveStateRoot(this.#poseidon, "growing", [...this.#tree]);
  }

  slot(address: Address, slot: Hex): Hex {
    return this.slots.get(`${address} ${slot}`) ?? numberToHex(0n, { size: 32 });
  }

  apply(writes: StateWrites): void {
    const before = this.#layout();
    for (const [address, words] of writes.slots)
      for (const [slot, word] of words) {
        if (word === ZERO) this.slots.delete(`${address} ${slot}`);
        else this.slots.set(`${address} ${slot}`, word);
      }
    for (const [address, account] of writes.accounts) {
      const isThere =
        account !== undefined && (account.nonce > 0n || account.balance > 0n || account.code !== "0x");
      if (isThere) this.accounts.set(address, account);
      else this.accounts.delete(address);
      if (account === undefined)
        for (const name of this.slots.keys()) if (name.startsWith(address)) this.slots.delete(name);
    }
    if (this.block !== undefined || writes.block.number > 0n || writes.block.timestamp > 0n)
      this.block = writes.block;
    const after = this.#layout();
    const keys = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => (a < b ? -1 : 1));
    for (const key of keys)
      if (before.get(key) !== after.get(key)) naiveUpsert(this.#tree, key, after.get(key) ?? 0n);
  }

  #layout(): Map<bigint, bigint> {
    const layout = new Map<bigint, bigint>();
    const put = (key: readonly bigint[], value: readonly bigint[]): void => {
      layout.set(this.#poseidon(key) & MASK, this.#poseidon(value));
    };
    for (const [address, { nonce, balance, code }] of this.accounts) {
      const hash = BigInt(keccak256(code));
      put([1n, BigInt(address)], [nonce, balance, hash >> 128n, hash & (2n ** 128n - 1n)]);
    }
    for (const [name, word] of this.slots) {
      const [address = "", slot = ""] = name.split(" ");
      const [at, value] = [BigInt(slot), BigInt(word)];
      const low = 2n ** 128n - 1n;
      put([2n, BigInt(address), at >> 128n, at & low], [value >> 128n, value & low]);
    }
    if (this.block !== undefined) put([3n, 0n], [this.block.number, this.block.timestamp]);
    return layout;
  }
}
