import { type Address, type Hex, keccak256 } from "viem";
import type { Poseidon } from "../../../state/poseidon.ts";
import type { BlockState } from "../state-types.ts";

/**
 * What a state commits to, written from docs/spec.md section 7 a second time, without a look at how the
 * builder keeps its state: keys of accounts, slots and the block, and their values. A value of 0: absent.
 */
export interface Commitments {
  account(address: Address): bigint;
  slot(address: Address, slot: Hex): bigint;
  readonly block: bigint;
  accountValue(account: { nonce: bigint; balance: bigint; codeHash: Hex }): bigint;
  slotValue(word: Hex): bigint;
  blockValue(block: BlockState): bigint;
}

const LOW_128 = (1n << 128n) - 1n;
const LOW_248 = (1n << 248n) - 1n;
const NO_CODE_HASH = keccak256("0x");

export function commitments(poseidon: Poseidon): Commitments {
  return {
    account: (address) => poseidon([1n, BigInt(address)]) & LOW_248,
    slot: (address, slot) =>
      poseidon([2n, BigInt(address), BigInt(slot) >> 128n, BigInt(slot) & LOW_128]) & LOW_248,
    block: poseidon([3n, 0n]) & LOW_248,
    accountValue: ({ nonce, balance, codeHash }) => {
      if (nonce === 0n && balance === 0n && codeHash === NO_CODE_HASH) return 0n;
      const hash = BigInt(codeHash);
      return poseidon([nonce, balance, hash >> 128n, hash & LOW_128]);
    },
    slotValue: (word) => {
      const value = BigInt(word);
      return value === 0n ? 0n : poseidon([value >> 128n, value & LOW_128]);
    },
    blockValue: ({ number, timestamp }) => poseidon([number, timestamp]),
  };
}
