import type { Hex, PublicClient } from "viem";
import { z } from "zod";

const receiptSchema = z.looseObject({
  lockstep: z.looseObject({
    l1TransactionHash: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]),
  }),
});

/**
 * The L1 transaction in which a transaction of a rollup took effect: gateways' receipts say so, beside the
 * usual.
 * @throws when the rollup knows no such transaction.
 */
export async function l1TransactionOf(rollup: Pick<PublicClient, "request">, hash: Hex): Promise<Hex> {
  const receipt: unknown = await rollup.request({ method: "eth_getTransactionReceipt", params: [hash] });
  return receiptSchema.parse(receipt).lockstep.l1TransactionHash;
}
