import type { Address, Hex } from "viem";
import type { StateTree } from "../../../state/tree.ts";
import type { AccountWitness, SlotWitness, StateWitness } from "../reference/state-witness.ts";
import type { StateWrites, Touched } from "../state-types.ts";
import type { AccountEntry } from "./entry.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";
import type { Leaves } from "./leaves.ts";

export type { StateWitness } from "../reference/state-witness.ts";

/**
 * Notes what was read of the present state, and the places of what is to be written.
 * @returns what proves it under the root of the state's tree, which comes back to the same state for it.
 */
export function noteTouched(
  flat: Leaves,
  layout: StateLayout,
  touched: Touched,
  writes?: StateWrites,
): (tree: StateTree) => StateWitness {
  const { block } = flat;
  const addresses = new Set([...touched.accounts, ...(writes?.accounts.keys() ?? [])]);
  const accounts = [...addresses].map((address) => ({ address, entry: flat.account(address) }));
  const slots = [...slotsToProve(touched, writes)].flatMap(([address, names]) =>
    [...names].map((slot) => ({ address, slot, word: flat.slot(address, slot)?.word ?? EMPTY_WORD })),
  );
  return (tree) => ({
    size: BigInt(tree.size),
    block: { state: block, proof: tree.prove(layout.blockKey) },
    accounts: accounts.map(({ address, entry }): AccountWitness => {
      const proof = tree.prove(layout.accountKey(address));
      if (entry === undefined) return { address, account: undefined, proof };
      const { account, codeHash } = entry;
      return { address, account: { nonce: account.nonce, balance: account.balance, codeHash }, proof };
    }),
    slots: slots.map(({ address, slot, word }): SlotWitness => {
      return { address, slot, word, proof: tree.prove(layout.slotKey(address, slot)) };
    }),
    codes: [...codesOf(accounts.map(({ entry }) => entry)).values()],
    nextPlace: tree.nextPlace(),
  });
}

/** Codes by hash, each once. */
function codesOf(entries: Iterable<AccountEntry | undefined>): Map<Hex, Hex> {
  const codes = new Map<Hex, Hex>();
  for (const entry of entries)
    if (entry !== undefined && entry.account.code !== "0x") codes.set(entry.codeHash, entry.account.code);
  return codes;
}

function slotsToProve(touched: Touched, writes: StateWrites | undefined): Map<Address, Set<Hex>> {
  const slots = new Map<Address, Set<Hex>>();
  for (const [address, names] of touched.slots) slots.set(address, new Set(names));
  for (const [address, words] of writes?.slots ?? []) {
    const names = slots.get(address) ?? new Set<Hex>();
    for (const slot of words.keys()) names.add(slot);
    slots.set(address, names);
  }
  return slots;
}
