import type { Address, Hex } from "viem";
import type { StateTree } from "../../../state/tree.ts";
import type { AccountWitness, SlotWitness, StateWitness } from "../reference/state-witness.ts";
import type { BlockState, StateWrites, Touched } from "../state-types.ts";
import type { AccountEntry } from "./entry.ts";
import { EMPTY_WORD, type StateLayout } from "./layout.ts";
import type { Leaves } from "./leaves.ts";

export type { StateWitness } from "../reference/state-witness.ts";

/** What a witness says of a state, before it is proven. */
export interface NotedState {
  readonly block: BlockState;
  /** Undefined: there is no such account. */
  readonly accounts: ReadonlyMap<Address, AccountEntry | undefined>;
  /** Words by slot, by account. */
  readonly slots: ReadonlyMap<Address, ReadonlyMap<Hex, Hex>>;
}

/** Notes what was read of the present state, and the places of what is to be written. */
export function noteTouched(flat: Leaves, touched: Touched, writes?: StateWrites): NotedState {
  const addresses = new Set([...touched.accounts, ...(writes?.accounts.keys() ?? [])]);
  const wordsOf = (address: Address, names: ReadonlySet<Hex>) =>
    new Map([...names].map((slot) => [slot, flat.slot(address, slot)?.word ?? EMPTY_WORD] as const));
  return {
    block: flat.block,
    accounts: new Map([...addresses].map((address) => [address, flat.account(address)])),
    slots: new Map(
      [...slotsToProve(touched, writes)].map(([address, names]) => [address, wordsOf(address, names)]),
    ),
  };
}

/**
 * What was noted of states that follow each other, as the first of them has it: what a later note alone has,
 * nothing has changed until then.
 */
export function joinNotes([first, ...later]: readonly [NotedState, ...NotedState[]]): NotedState {
  const accounts = new Map(first.accounts);
  const slots = new Map([...first.slots].map(([address, words]) => [address, new Map(words)] as const));
  for (const note of later) {
    for (const [address, entry] of note.accounts) if (!accounts.has(address)) accounts.set(address, entry);
    for (const [address, words] of note.slots)
      slots.set(address, new Map([...words, ...(slots.get(address) ?? [])]));
  }
  return { block: first.block, accounts, slots };
}

/** @param tree of the state that was noted. */
export function proveNoted(
  { block, accounts, slots }: NotedState,
  layout: StateLayout,
  tree: StateTree,
): StateWitness {
  return {
    size: BigInt(tree.size),
    block: { state: block, proof: tree.prove(layout.blockKey) },
    accounts: [...accounts].map(([address, entry]): AccountWitness => {
      const proof = tree.prove(layout.accountKey(address));
      if (entry === undefined) return { address, account: undefined, proof };
      const { account, codeHash } = entry;
      return { address, account: { nonce: account.nonce, balance: account.balance, codeHash }, proof };
    }),
    slots: [...slots].flatMap(([address, words]) =>
      [...words].map(([slot, word]): SlotWitness => {
        return { address, slot, word, proof: tree.prove(layout.slotKey(address, slot)) };
      }),
    ),
    codes: [...codesOf(accounts.values()).values()],
    nextPlace: tree.nextPlace(),
  };
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
