import type { TransactionStatus } from "../answers/status.ts";
import { InclusionTimeoutError } from "../errors/inclusion-timeout.ts";
import { TransactionDroppedError } from "../errors/transaction-dropped.ts";
import { TransactionUnknownError } from "../errors/transaction-unknown.ts";
import type { Hex } from "../rpc-types.ts";

/** How a transaction is asked about, and for how long. */
export interface Watched<Receipt> {
  readonly hash: Hex;
  /** Undefined while there is none. */
  readonly receipt: () => Promise<Receipt | undefined>;
  readonly status: () => Promise<TransactionStatus>;
  /** Told of each state that it comes to. */
  readonly onStatus?: ((status: TransactionStatus) => void) | undefined;
  /** Milliseconds between two questions. */
  readonly pollingInterval: number;
  /** Milliseconds; undefined: for as long as it takes. */
  readonly timeout?: number | undefined;
  /** Milliseconds for which a receipt may be missing of what is included. Default: a minute. */
  readonly patience?: number | undefined;
}

/** How often in a row a transaction may be unknown before it is taken for one: a node may be behind. */
const UNKNOWN_LIMIT = 4;

/**
 * Waits until a transaction is in a block, or will never be.
 * @throws {TransactionDroppedError} with the reason of the builder's.
 * @throws {TransactionUnknownError}
 * @throws {InclusionTimeoutError}
 */
export async function untilIncluded<Receipt>(watched: Watched<Receipt>): Promise<Receipt> {
  const { hash, receipt, status, onStatus, pollingInterval, timeout, patience = 60_000 } = watched;
  const begin = performance.now();
  let included: number | undefined;
  let last = "";
  for (let unknown = 0; unknown < UNKNOWN_LIMIT;) {
    const found = await receipt();
    if (found !== undefined) return found;
    const now = await status();
    if (now.state === "dropped") {
      // It may have come into a block in between, and reverted there: that is no drop.
      const late = await receipt();
      if (late !== undefined) return late;
      onStatus?.(now);
      throw new TransactionDroppedError(hash, now);
    }
    unknown = now.state === "unknown" ? unknown + 1 : 0;
    // A follower may be behind; the chain that it was sent to catches up, and another never has it.
    included = now.state === "included" ? (included ?? performance.now()) : undefined;
    if (included !== undefined && performance.now() - included >= patience) break;
    if (now.state !== last) onStatus?.(now);
    last = now.state;
    if (timeout !== undefined && performance.now() - begin >= timeout)
      throw new InclusionTimeoutError(hash, timeout, now.state);
    await new Promise((resolve) => setTimeout(resolve, pollingInterval));
  }
  throw new TransactionUnknownError(hash);
}
