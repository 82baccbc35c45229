import type { Blocks } from "../l1/head.ts";

/**
 * What rollups see as time in a batch that is made now. The second after the head's is the greatest that
 * any next block allows; but when no block was made for long, or the node's clock was set forward, L1 would
 * not take so old a batch any more (`MAX_BATCH_AGE`).
 */
export function batchTimestamp({ timestamp, next }: Blocks, maxBatchAge: bigint): bigint {
  const soonest = timestamp + 1n;
  const age = next.timestamp - soonest;
  return age * 2n < maxBatchAge ? soonest : next.timestamp - maxBatchAge / 4n;
}
