import { numberToHex } from "viem";
import type { Builder } from "../builder.ts";
import { rootHex } from "../execution/encoding.ts";
import type { TransactionStatus } from "../transaction/accepted.ts";

/** `lockstep_status`: which chains there are and what waits. */
export async function statusOf(builder: Builder): Promise<unknown> {
  const rollups = await Promise.all(
    builder.rollups.map(async ({ id, kind }) => ({
      id: numberToHex(id),
      kind: kind.name,
      proof: kind.isProven ? "proven" : "UNPROVEN",
      stateRoot: rootHex(await builder.stateRoot(id)),
    })),
  );
  return {
    l1ChainId: numberToHex(builder.l1ChainId),
    rollupsAddress: builder.rollupsAddress,
    waiting: builder.waiting,
    rollups,
  };
}

/** `lockstep_transactionStatus`: null for a transaction that the builder never took on. */
export function transactionStatus(status: TransactionStatus | undefined): unknown {
  if (status === undefined) return null;
  if (status.state !== "posted") return status;
  return { ...status, blockNumber: numberToHex(status.blockNumber) };
}
