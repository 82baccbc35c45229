import { type Hex, keccak256, numberToHex, type TransactionReceipt } from "viem";
import type { Settlement, SettlementBatch, SettlementPlace } from "lockstep-client/rpc-types";
import { ActionKind } from "../../protocol/action.ts";
import type { SeeingContext } from "./context.ts";
import type { Fate } from "./fates.ts";
import { find } from "./find.ts";
import { shownProofs } from "./proofs.ts";
import { type ServedBatch, servedBatch } from "./served-batch.ts";
import { firstVisits, settledVisits } from "./settled-visits.ts";

/** `lockstep_getSettlement`: where a transaction of any chain stands on L1, and what it did on rollups. */
export async function getSettlement(context: SeeingContext, hash: Hex): Promise<Settlement | null> {
  const found = await find(context, hash);
  if (found === undefined) return null;
  const { receipt, rollup } = found;
  const served = await servedBatch(context, receipt);
  if (served === undefined) return null;
  const { batch, fates, hashes, transactions } = served;
  const proofs = shownProofs(context.builder.rollups, batch.content);
  const isProven = (visit: number): boolean =>
    proofs.some(({ visits, proven }) => proven && visits.includes(visit));
  const first = firstVisits(fates);
  const isAsked = (fate: Fate, index: number): boolean => {
    if (rollup === undefined)
      return receipt.transactionHash === batch.transaction || fate.calledBy === receipt.transactionHash;
    const start = first[index] ?? 0;
    const named = fate.execution.visits.some((_, place) => hashes.get(start + place) === hash);
    return named || isIn(fate, hash);
  };
  return {
    l1: placeOf(receipt),
    batch: await shownBatch(context, served),
    visits: fates.flatMap((fate, index) =>
      isAsked(fate, index) ? settledVisits(fate, index, first[index] ?? 0, { isProven, hashes }) : [],
    ),
    transactions,
  };
}

/** Whether the execution is, among others, of this transaction signed for a rollup. */
function isIn({ execution }: Fate, hash: Hex): boolean {
  return execution.actions.some(({ kind, data }) => kind === ActionKind.L2TX && keccak256(data) === hash);
}

function placeOf({ transactionHash, blockNumber, blockHash, status }: TransactionReceipt): SettlementPlace {
  return {
    transactionHash,
    blockNumber: numberToHex(blockNumber),
    blockHash,
    success: status === "success",
  };
}

/** The batch's transaction as JSON-RPC shows it. */
export async function shownBatch(
  { builder }: SeeingContext,
  { batch }: ServedBatch,
): Promise<SettlementBatch> {
  const { gasUsed } = await builder.l1.getTransactionReceipt({ hash: batch.transaction });
  return {
    transactionHash: batch.transaction,
    gasUsed: numberToHex(gasUsed),
    timestamp: numberToHex(batch.content.timestamp),
  };
}
