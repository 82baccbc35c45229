import type { Address, Hex } from "viem";
import type { StateTree } from "../../../state/tree.ts";
import type { AccountWitness, SlotWitness, StateWitness } from "../check/state-witness.ts";
import type { StateWrites, Touched } from "../state-types.ts";
import type { FlatState } from "./flat-state.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";

export type { StateWitness } from "../check/state-witness.ts";

export interface WitnessedState {
  readonly tree: StateTree;
  readonly flat: FlatState;
  readonly layout: StateLayout;
}

/** Proves what was read, and the places of what is to be written, under the tree's present root. */
export function proveTouched(
  { tree, flat, layout }: WitnessedState,
  touched: Touched,
  writes?: StateWrites,
): StateWitness {
  const codes = new Map<Hex, Hex>();
  const accounts: AccountWitness[] = [];
  for (const address of new Set([...touched.accounts, ...(writes?.accounts.keys() ?? [])])) {
    const entry = flat.account(address);
    const proof = tree.prove(layout.accountKey(address));
    if (entry === undefined) {
      accounts.push({ address, account: undefined, proof });
      continue;
    }
    const { account, codeHash } = entry;
    if (account.code !== "0x") codes.set(codeHash, account.code);
    const { nonce, balance } = account;
    accounts.push({ address, account: { nonce, balance, codeHash }, proof });
  }
  const slots: SlotWitness[] = [];
  for (const [address, names] of slotsToProve(touched, writes)) {
    for (const slot of names) {
      const word = flat.slot(address, slot)?.word ?? EMPTY_WORD;
      slots.push({ address, slot, word, proof: tree.prove(layout.slotKey(address, slot)) });
    }
  }
  return {
    size: BigInt(tree.size),
    block: { state: flat.block, proof: tree.prove(layout.blockKey) },
    accounts,
    slots,
    codes: [...codes.values()],
    nextPlace: tree.nextPlace(),
  };
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
