import { BaseError, createPublicClient, http } from "viem";
import { LockstepError } from "../protocol/errors.ts";
import { shownUrl, withShownUrls } from "../protocol/shown-url.ts";

/** Another chain, on top of whose block a devnet's L1 begins. */
export interface ForkOptions {
  /** JSON-RPC endpoint of one of its nodes. */
  readonly url: string;
  /** Its newest block by default. */
  readonly block?: bigint | undefined;
}

/** The same, as it was found. */
export interface Fork {
  readonly url: string;
  readonly block: bigint;
  /** Of the chain that was forked; the devnet's L1 keeps its own. */
  readonly chainId: number;
}

/** A devnet cannot begin on that chain. */
export class ForkError extends LockstepError {
  constructor(url: string, reason: string, options?: { cause?: unknown }) {
    super("FORK", `the chain at ${shownUrl(url)} cannot be forked: ${reason}`, options);
  }
}

/**
 * Looks up which block is forked, so that it is the same whatever comes there later.
 * @throws {ForkError}
 */
export async function readFork({ url, block }: ForkOptions): Promise<Fork> {
  const remote = createPublicClient({ transport: http(url, { retryCount: 0 }) });
  try {
    const [chainId, newest] = await Promise.all([remote.getChainId(), remote.getBlockNumber()]);
    if (block !== undefined && block > newest)
      throw new ForkError(url, `it has no block ${block} yet, its newest is ${newest}`);
    return { url, block: block ?? newest, chainId };
  } catch (cause) {
    if (cause instanceof ForkError) throw cause;
    const reason = cause instanceof BaseError ? cause.details || cause.shortMessage : String(cause);
    throw new ForkError(url, `its node does not answer as one does (${withShownUrls(reason)})`, { cause });
  }
}
