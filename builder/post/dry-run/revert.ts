import {
  formatTransaction,
  type Hex,
  keccak256,
  type RpcTransaction,
  serializeTransaction,
  type TransactionReceipt,
  type TransactionSerializable,
} from "viem";
import { z } from "zod";
import type { L1Client } from "../../l1/client.ts";

/** What a node shows of a transaction; whether it is all of it is seen by the hash. */
const shown = z.custom<RpcTransaction>(
  (value) => typeof value === "object" && value !== null && "hash" in value && "r" in value,
  "not a signed transaction",
);
/** What cannot be read cannot be sent again; going back must not fail for it. */
const pool = z.array(shown).catch([]);
const block = z.object({ transactions: pool }).catch({ transactions: [] });

/**
 * Takes a node back to a snapshot.
 * @returns what stood in its newest block and in its pool in that moment. The three requests travel as one,
 * and a node that answers them in their order lets nothing come in between.
 */
export async function revertTo(l1: L1Client, snapshot: Hex): Promise<readonly RpcTransaction[]> {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> =>
    await l1.request<{ Parameters: readonly unknown[]; ReturnType: unknown }>({ method, params });
  const [latest, pending] = await Promise.all([
    ask("eth_getBlockByNumber", ["latest", true]),
    // A node that does not have it has lost what it cannot show.
    ask("eth_pendingTransactions", []).catch(() => []),
    ask("evm_revert", [snapshot]),
  ]);
  return [...block.parse(latest).transactions, ...pool.parse(pending)];
}

/**
 * Sends what was lost with a block that was taken back, in its order.
 * @param own what was to be lost.
 */
export async function sendAgain(
  l1: L1Client,
  lost: readonly RpcTransaction[],
  own: readonly TransactionReceipt[],
): Promise<void> {
  const meant = new Set<string>(own.map(({ transactionHash }) => transactionHash));
  for (const transaction of lost) {
    if (meant.has(transaction.hash)) continue;
    const raw = rawOf(transaction);
    // What was in the pool when the snapshot was taken is there again, and refused.
    if (raw !== undefined) await l1.sendRawTransaction({ serializedTransaction: raw }).catch(() => undefined);
  }
}

/** Its signed bytes; nothing where the node does not show all of it, as of blobs or without a signature. */
function rawOf(transaction: RpcTransaction): Hex | undefined {
  try {
    const { r, s, yParity, v, typeHex: _, ...formatted } = formatTransaction(transaction);
    const fields: TransactionSerializable =
      formatted.type === "legacy" ? { ...formatted, gasPrice: formatted.gasPrice } : { ...formatted };
    const raw = serializeTransaction(
      { ...fields, data: formatted.input },
      { r, s, ...(formatted.type === "legacy" ? { v } : { yParity: yParity ?? Number(v) }) },
    );
    return keccak256(raw) === transaction.hash ? raw : undefined;
  } catch {
    return undefined;
  }
}
