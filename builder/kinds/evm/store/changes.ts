import { type Hex, keccak256 } from "viem";
import type { EvmAccount, StateWrites } from "../state-types.ts";
import type { Entry } from "./entry.ts";
import { UncommittableStateError } from "./errors.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";
import type { Leaves } from "./leaves.ts";

/** A leaf that gets another value; without an entry, none. */
export interface Change {
  readonly key: bigint;
  readonly entry: Entry | undefined;
}

const BALANCE_BITS = 128;
const NONCE_BITS = 64;

/**
 * The leaves whose value is another one after `writes`, in ascending order of keys.
 * @throws {UncommittableStateError}
 */
export function changesOf(flat: Leaves, layout: StateLayout, writes: StateWrites): Change[] {
  const changes = new Map<bigint, Change>();
  const add = (key: bigint, entry: Entry | undefined): void => {
    changes.set(key, { key, entry });
  };
  for (const [address, words] of writes.slots) {
    for (const [slot, word] of words) {
      const before = flat.slot(address, slot);
      if (word === (before?.word ?? EMPTY_WORD)) continue;
      const key = before?.key ?? layout.slotKey(address, slot);
      if (word === EMPTY_WORD) add(key, undefined);
      else add(key, { type: "slot", key, address, slot, word });
    }
  }
  for (const [address, written] of writes.accounts) {
    const before = flat.account(address);
    const account = written === undefined || isEmpty(written) ? undefined : written;
    if (!isSame(before?.account, account)) {
      const key = before?.key ?? layout.accountKey(address);
      if (account === undefined) add(key, undefined);
      else {
        const codeHash = codeHashOf(account, before);
        assertCommittable(address, account);
        add(key, { type: "account", key, address, account, codeHash });
      }
    }
    if (written !== undefined) continue;
    for (const slot of writes.slots.get(address)?.keys() ?? []) changes.delete(layout.slotKey(address, slot));
    for (const { key } of flat.slotsOf(address)) add(key, undefined);
  }
  const { block } = writes;
  if (block.number !== flat.block.number || block.timestamp !== flat.block.timestamp) {
    const key = layout.blockKey;
    add(key, { type: "block", key, block });
  }
  return [...changes.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function isEmpty({ nonce, balance, code }: EvmAccount): boolean {
  return nonce === 0n && balance === 0n && code === "0x";
}

function isSame(a: EvmAccount | undefined, b: EvmAccount | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.nonce === b.nonce && a.balance === b.balance && a.code === b.code;
}

/** Codes are long and seldom change. */
function codeHashOf(
  { code }: EvmAccount,
  before: { readonly account: EvmAccount; readonly codeHash: Hex } | undefined,
): Hex {
  return before?.account.code === code ? before.codeHash : keccak256(code);
}

function assertCommittable(address: string, { nonce, balance }: EvmAccount): void {
  if (balance >> BigInt(BALANCE_BITS) !== 0n)
    throw new UncommittableStateError(`balance of ${address}`, balance, BALANCE_BITS);
  if (nonce >> BigInt(NONCE_BITS) !== 0n)
    throw new UncommittableStateError(`nonce of ${address}`, nonce, NONCE_BITS);
}
