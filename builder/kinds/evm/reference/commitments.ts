import { type Address, type Hex, hexToBytes } from "viem";
import { dataWords } from "../../../protocol/statement.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { Recent } from "../../../state/recent.ts";
import type { BlockState } from "../state-types.ts";

/**
 * What a state commits to, written from docs/spec.md section 7 a second time, without a look at how the
 * builder keeps its state: keys of accounts, slots and the block, and their values. A value of 0: absent.
 */
export interface Commitments {
  account(address: Address): bigint;
  slot(address: Address, slot: Hex): bigint;
  readonly block: bigint;
  accountValue(account: { nonce: bigint; balance: bigint; codeHash: Hex; code: Hex }): bigint;
  slotValue(word: Hex): bigint;
  blockValue(block: BlockState): bigint;
}

const LOW_128 = (1n << 128n) - 1n;
const LOW_248 = (1n << 248n) - 1n;

export function commitments(poseidon: Poseidon): Commitments {
  const codeCommitments = new Recent<bigint>(256);

  const codeCommitment = (code: Hex, codeHash: Hex): bigint =>
    codeCommitments.get(codeHash, () => {
      const bytes = hexToBytes(code);
      const words: bigint[] = dataWords(bytes);
      while (words.length % 15 !== 0) words.push(0n);
      let hash = BigInt(bytes.length);
      for (let at = 0; at < words.length; at += 15) hash = poseidon([hash, ...words.slice(at, at + 15)]);
      return hash;
    });

  return {
    account: (address) => poseidon([1n, BigInt(address)]) & LOW_248,
    slot: (address, slot) =>
      poseidon([2n, BigInt(address), BigInt(slot) >> 128n, BigInt(slot) & LOW_128]) & LOW_248,
    block: poseidon([3n, 0n]) & LOW_248,
    accountValue: ({ nonce, balance, codeHash, code }) => {
      if (nonce === 0n && balance === 0n && code === "0x") return 0n;
      const hash = BigInt(codeHash);
      return poseidon([nonce, balance, hash >> 128n, hash & LOW_128, codeCommitment(code, codeHash)]);
    },
    slotValue: (word) => {
      const value = BigInt(word);
      return value === 0n ? 0n : poseidon([value >> 128n, value & LOW_128]);
    },
    blockValue: ({ number, timestamp }) => poseidon([number, timestamp]),
  };
}
