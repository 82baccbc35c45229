import { type Hex, type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { RollupStoppedError } from "../../follower/stopped.ts";
import type { L1Client } from "../../l1/client.ts";
import type { ChainId } from "../../protocol/ids.ts";
import { type SeeingContext, seeingOf } from "./context.ts";

/** A transaction of any chain, and where it stands on L1. */
export interface Found {
  /** Of the L1 transaction in which it took effect. */
  readonly receipt: TransactionReceipt;
  /** The rollup of which it is a transaction; none for one of L1. */
  readonly rollup: ChainId | undefined;
}

/**
 * Finds a transaction of any chain by its hash.
 * @returns nothing if no chain has it.
 */
export async function find(context: SeeingContext, hash: Hex): Promise<Found | undefined> {
  const { builder } = context;
  const own = await receiptOf(builder.l1, hash);
  if (own !== undefined) return { receipt: own, rollup: undefined };
  for (const { id } of builder.rollups) {
    const l1 = await l1TransactionOf(context, id, hash);
    const receipt = l1 === undefined ? undefined : await receiptOf(builder.l1, l1);
    if (receipt !== undefined) return { receipt, rollup: id };
  }
  return undefined;
}

/** A rollup that was stopped does not keep the others from being asked. */
async function l1TransactionOf(context: SeeingContext, rollup: ChainId, hash: Hex): Promise<Hex | undefined> {
  try {
    return await seeingOf(context, rollup)?.l1TransactionOf(context.builder, rollup, hash);
  } catch (error) {
    if (error instanceof RollupStoppedError) return undefined;
    throw error;
  }
}

async function receiptOf(l1: L1Client, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await l1.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
