import { type Address, numberToHex } from "viem";
import type { Journal } from "../../builder/evm/journal.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import type { CompletedVisit, RollupKind, RollupMachine } from "../../builder/kinds/kind.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { callAction } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";

export const ID = chainId(1n);
/** Where a visit is said to stand on L1. */
export const PLACE = {
  transaction: numberToHex(1n, { size: 32 }),
  blockNumber: 1n,
  blockHash: numberToHex(2n, { size: 32 }),
} as const;
/** Every kind, and whom it lets be paid. */
export const PAYEES: readonly (readonly [RollupKind, Address])[] = [
  [ledgerKind, LEDGER],
  [evmKind, numberToHex(0xdefn, { size: 20 })],
];

const CONTEXT = { l1ChainId: 31337n, manager: numberToHex(9n, { size: 20 }), timestamp: 1_000n } as const;
const SENDER = numberToHex(0xabcn, { size: 20 });

/** A payment from L1, as a visit of its own. */
export async function pay(
  machine: RollupMachine,
  journal: Journal,
  target: Address,
  value: bigint,
): Promise<CompletedVisit> {
  journal.checkpoint(L1);
  const payment = { from: L1, to: ID, sender: SENDER, target, value } as const;
  const call = callAction({ ...payment, isStatic: false, gas: 0, data: "0x" });
  const { visit } = await machine.deliver(call, CONTEXT, journal);
  journal.commit();
  if (visit === undefined) throw new Error("the visit has not ended");
  return visit;
}
