import type { Common, StateManagerInterface } from "@ethereumjs/common";
import {
  Account,
  type Address as EvmAddress,
  eoaCode7702RecoverAuthority,
  MAX_UINT64,
  SECP256K1_ORDER_DIV_2,
} from "@ethereumjs/util";
import { type Address, concatHex, type Hex, hexToBytes } from "viem";
import type { Authorization } from "./call-request.ts";

/** What precedes the address in the code of an account that runs another's (EIP-7702). */
const DELEGATION: Hex = "0xef0100";

/**
 * Lets accounts lend themselves code, as a transaction does before it runs. An authorisation that L1 would
 * ignore is ignored here.
 * @param sender of the transaction, whose nonce is used before.
 * @returns the accounts that gave valid signatures; they are warm.
 */
export async function applyAuthorizations(
  state: StateManagerInterface,
  common: Common,
  sender: EvmAddress,
  authorizations: readonly Authorization[],
): Promise<EvmAddress[]> {
  if (authorizations.length === 0) return [];
  const caller = (await state.getAccount(sender)) ?? new Account();
  caller.nonce++;
  await state.putAccount(sender, caller);
  const warm: EvmAddress[] = [];
  for (const authorization of authorizations) {
    const { chainId, address, nonce } = authorization;
    if (chainId !== 0n && chainId !== common.chainId()) continue;
    const authority = nonce < MAX_UINT64 ? authorityOf(authorization) : undefined;
    if (authority === undefined) continue;
    warm.push(authority);
    const account = (await state.getAccount(authority)) ?? new Account();
    const code = await state.getCode(authority);
    const isDelegated = code[0] === 0xef && code[1] === 0x01 && code[2] === 0x00;
    if (account.nonce !== nonce || (code.length > 0 && !isDelegated)) continue;
    account.nonce++;
    await state.putAccount(authority, account);
    await state.putCode(authority, delegationTo(address));
  }
  return warm;
}

function delegationTo(address: Address): Uint8Array {
  // The zero address takes the code away.
  return BigInt(address) === 0n ? new Uint8Array() : hexToBytes(concatHex([DELEGATION, address]));
}

/** Who signed; nothing if the signature is none. */
function authorityOf({ chainId, address, nonce, yParity, r, s }: Authorization): EvmAddress | undefined {
  if (s > SECP256K1_ORDER_DIV_2 || yParity > 1n) return undefined;
  const hex = (value: bigint): Hex => `0x${value.toString(16)}`;
  const item = { chainId: hex(chainId), nonce: hex(nonce), yParity: hex(yParity), r: hex(r), s: hex(s) };
  try {
    return eoaCode7702RecoverAuthority({ ...item, address });
  } catch {
    return undefined;
  }
}
