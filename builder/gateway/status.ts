import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import type { Stop } from "../follower/stopped.ts";
import { rootHex } from "../protocol/execution/encoding.ts";
import type { TransactionStatus } from "../intake/accepted.ts";
import type { L1Node } from "./l1-node.ts";

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

const receiptSchema = z
  .looseObject({ blockNumber: z.string(), blockHash: z.string(), status: z.string().optional() })
  .nullable();
const shownSchema = z.looseObject({}).nullable();

/**
 * The same for a transaction of L1 that the builder never took on, because it crosses no border: what the
 * node knows of it.
 */
export async function nodeStatus(node: L1Node, hash: Hex): Promise<unknown> {
  const receipt = await node.ask(receiptSchema, "eth_getTransactionReceipt", [hash]);
  if (receipt !== null) {
    const { blockNumber, blockHash, status } = receipt;
    return { state: "mined", blockNumber, blockHash, success: status !== "0x0" };
  }
  const shown = await node.ask(shownSchema, "eth_getTransactionByHash", [hash]);
  return shown === null ? null : { state: "pending" };
}
