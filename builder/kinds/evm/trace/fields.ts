import { NO_CODE } from "../../../../circuits/evm/state/constants.ts";
import type { AccountContent } from "./tables.ts";

/** keccak256 of no bytes. */
export const NO_CODE_HASH = (NO_CODE.hashHi << 128n) | NO_CODE.hashLo;

/** A word in the halves that stand on the bus. */
export function wordFields(word: bigint): { lo: bigint; hi: bigint } {
  return { lo: BigInt.asUintN(128, word), hi: word >> 128n };
}

export function slotFields(slot: bigint): { slotLo: bigint; slotHi: bigint } {
  const { lo, hi } = wordFields(slot);
  return { slotLo: lo, slotHi: hi };
}

export function accountFields({ nonce, balance, codeHash }: AccountContent): {
  nonce: bigint;
  balance: bigint;
  hashLo: bigint;
  hashHi: bigint;
} {
  const { lo, hi } = wordFields(codeHash);
  return { nonce, balance, hashLo: lo, hashHi: hi };
}

/** No account is there (EIP-161). */
export function isNoAccount({ nonce, balance, codeHash }: AccountContent): boolean {
  return nonce === 0n && balance === 0n && codeHash === NO_CODE_HASH;
}
