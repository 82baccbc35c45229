import { NO_CODE } from "../../../../circuits/evm/state/constants.ts";
import { halves } from "../../../proving/bus/terms.ts";
import type { AccountContent } from "./tables.ts";

/** keccak256 of no bytes. */
export const NO_CODE_HASH = (NO_CODE.hashHi << 128n) | NO_CODE.hashLo;

export function slotFields(slot: bigint): { slotLo: bigint; slotHi: bigint } {
  const { lo, hi } = halves(slot);
  return { slotLo: lo, slotHi: hi };
}

export function accountFields({ nonce, balance, codeHash }: AccountContent): {
  nonce: bigint;
  balance: bigint;
  hashLo: bigint;
  hashHi: bigint;
} {
  const { lo, hi } = halves(codeHash);
  return { nonce, balance, hashLo: lo, hashHi: hi };
}

/** No account is there (EIP-161). */
export function isNoAccount({ nonce, balance, codeHash }: AccountContent): boolean {
  return nonce === 0n && balance === 0n && codeHash === NO_CODE_HASH;
}
