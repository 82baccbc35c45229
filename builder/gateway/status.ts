import { numberToHex } from "viem";
import type { Backend } from "./backend.ts";
import type { Stop } from "../follower/stopped.ts";
import { rootHex } from "../protocol/execution/encoding.ts";
import type { TransactionStatus } from "../intake/accepted.ts";

/** `lockstep_status`: which chains there are, which of them are stopped, and what waits. */
export async function statusOf(builder: Backend): Promise<unknown> {
  const rollups = await Promise.all(
    builder.rollups.map(async ({ id, kind }) => {
      const { root, stopped } = await builder.standing(id);
      return {
        id: numberToHex(id),
        kind: kind.name,
        proof: kind.isProven ? "proven" : "UNPROVEN",
        stateRoot: rootHex(root),
        ...(stopped === undefined ? {} : { stopped: stopOf(stopped) }),
      };
    }),
  );
  return {
    l1ChainId: numberToHex(builder.l1ChainId),
    rollupsAddress: builder.manager,
    waiting: builder.waiting,
    calls: builder.calls,
    // What keeps them waiting, if nothing is wrong with them.
    ...(builder.trouble === undefined ? {} : { trouble: builder.trouble }),
    rollups,
  };
}

/** Where a rollup cannot be followed any further, and why. */
function stopOf({ code, reason, at }: Stop): unknown {
  const place = at && {
    blockNumber: numberToHex(at.blockNumber),
    blockHash: at.blockHash,
    batch: at.batch,
    execution: numberToHex(at.execution),
  };
  return { code, reason, ...place };
}

/** `lockstep_transactionStatus`: null for a transaction that the builder never took on. */
export function transactionStatus(status: TransactionStatus | undefined): unknown {
  if (status === undefined) return null;
  if (status.state !== "posted") return status;
  return { ...status, blockNumber: numberToHex(status.blockNumber) };
}
