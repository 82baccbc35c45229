import type { Address } from "viem";
import type { SourceAccount } from "../../../evm/state-source.ts";
import { codeHashOf } from "./code-hash.ts";
import type { Commitments } from "./commitments.ts";
import { StatementRefusedError } from "./errors.ts";
import type { WitnessedState, Writes } from "./witnessed-state.ts";

/**
 * Brings the state to where the writes lead: every key whose value is another one is upserted, in ascending
 * order.
 * @throws {StatementRefusedError} when the witness does not show where.
 */
export function commitWrites(state: WitnessedState, layout: Commitments, writes: Writes): void {
  const { tree } = state;
  const values = new Map<bigint, bigint>();
  for (const [address, words] of writes.slots)
    for (const [slot, word] of words) values.set(layout.slot(address, slot), layout.slotValue(word));
  for (const [address, account] of writes.accounts) {
    values.set(layout.account(address), account === undefined ? 0n : valueOf(address, account, layout));
    if (account !== undefined) continue;
    for (const slot of [...state.slotsOf(address), ...(writes.slots.get(address)?.keys() ?? [])])
      values.set(layout.slot(address, slot), 0n);
  }
  if (tree.get(layout.block) !== 0n || writes.block.number !== 0n || writes.block.timestamp !== 0n)
    values.set(layout.block, layout.blockValue(writes.block));
  const changed = [...values].filter(([key, value]) => tree.get(key) !== value);
  for (const [key, value] of changed.sort(([a], [b]) => (a < b ? -1 : 1))) tree.upsert(key, value);
  state.advance(writes);
}

function valueOf(address: Address, { nonce, balance, code }: SourceAccount, layout: Commitments): bigint {
  if (balance >= 1n << 128n || nonce >= 1n << 64n)
    throw new StatementRefusedError(
      "EXECUTION_REFUSED",
      `account ${address} is left with more than the state holds`,
    );
  return layout.accountValue({ nonce, balance, codeHash: codeHashOf(code) });
}
