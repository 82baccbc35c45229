import type { L1Client } from "../l1/client.ts";
import { LockstepError } from "../protocol/errors.ts";

/** The L1 node makes blocks by a timer, and one could come between a batch and those that need it. */
export class IntervalMiningError extends LockstepError {
  constructor(seconds: number) {
    super(
      "INTERVAL_MINING",
      `the L1 node makes a block every ${seconds} s by a timer: start it without --block-time`,
    );
  }
}

/**
 * Refuses a node on which a batch and its callers cannot be kept in one block. Only anvil says that it has a
 * timer; where Hardhat's node has one, a block that came between is taken back (`dry-run/snapshot.ts`).
 * @throws {IntervalMiningError}
 */
export async function assertMinesOnDemand(l1: L1Client): Promise<void> {
  const interval = await l1
    .request<{ Parameters?: undefined; ReturnType: unknown }>({ method: "anvil_getIntervalMining" })
    .catch(() => undefined);
  if (typeof interval === "number" && interval > 0) throw new IntervalMiningError(interval);
}
