import { type ChainId, type FieldElement, fieldElement, OutOfRangeError } from "../../protocol/ids.ts";
import type { AccountState } from "../kind.ts";
import { BALANCE_LIMIT, NONCE_LIMIT } from "./limits.ts";

/** Key of the account of `address` at home on `chain`: `chain << 160 | address`. */
export function accountKey(chain: ChainId, address: bigint): bigint {
  if (address < 0n || address >= 1n << 160n) throw new OutOfRangeError("address", address, "2^160");
  return (chain << 160n) | address;
}

/** `balance + nonce·2^128`, the account's value in the tree. */
export function packAccount(account: AccountState): FieldElement {
  if (account.balance < 0n || account.balance >= BALANCE_LIMIT)
    throw new OutOfRangeError("balance", account.balance, "2^128");
  if (account.nonce < 0n || account.nonce >= NONCE_LIMIT)
    throw new OutOfRangeError("nonce", account.nonce, "2^64");
  return fieldElement(account.balance | (account.nonce << 128n));
}

/**
 * Inverse of {@link packAccount}; all zeros for an account that does not exist.
 * @throws `OUT_OF_RANGE` when the value is no account.
 */
export function unpackAccount(value: FieldElement): AccountState {
  const nonce = value >> 128n;
  if (nonce >= NONCE_LIMIT) throw new OutOfRangeError("nonce", nonce, "2^64");
  return { balance: value & (BALANCE_LIMIT - 1n), nonce };
}
