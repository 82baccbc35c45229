import {
  BaseError,
  createPublicClient,
  HttpRequestError,
  http,
  type HttpTransport,
  RpcRequestError,
  TimeoutError,
  testActions,
  walletActions,
} from "viem";
import { LockstepError } from "../protocol/errors.ts";
import { LogRanges } from "./log-ranges.ts";
import { shownUrl, withShownUrls } from "../protocol/shown-url.ts";

/** The L1 node did not answer at all. Nothing was changed; the same request may be made again later. */
export class L1UnreachableError extends LockstepError {
  constructor(url: string, options?: { cause?: unknown }) {
    super(
      "L1_UNREACHABLE",
      `the L1 node at ${shownUrl(url)} does not answer; start it or correct the address`,
      options,
    );
  }
}

/** The L1 node answered with an error. */
export class L1RpcError extends LockstepError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("L1_RPC_ERROR", `the L1 node refused a request: ${withShownUrls(message)}`, options);
  }
}

/** How long one request to the node may take, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

export interface L1Options {
  /**
   * Blocks whose logs are asked for in one request, unless the node takes fewer; default: `BLOCKS_AT_ONCE`.
   */
  readonly blocksAtOnce?: bigint;
}

/**
 * Client of the L1 node: reads, transactions, and the local nodes' controls (`evm_mine` and friends).
 * Requests made in one turn of the event loop travel in one HTTP request. Nothing is retried here: the caller
 * knows what may be repeated. Logs of more than one block are asked for in its `logRanges`.
 */
export function connectL1(url: string, options: L1Options = {}) {
  return clientOver(
    http(url, { batch: { batchSize: 500 }, retryCount: 0, timeout: REQUEST_TIMEOUT }),
    options,
  );
}

/** The same client over another transport, which must not retry either. */
export function clientOver(transport: HttpTransport, { blocksAtOnce }: L1Options = {}) {
  return createPublicClient({ cacheTime: 0, transport })
    .extend(testActions({ mode: "hardhat" }))
    .extend(walletActions)
    .extend(() => ({ logRanges: new LogRanges(blocksAtOnce) }));
}

export type L1Client = ReturnType<typeof clientOver>;

/** Turns whatever a client of `url` threw into an error with a code; Lockstep's own errors pass through. */
export function l1Error(error: unknown, url: string): LockstepError {
  if (error instanceof LockstepError) return error;
  if (error instanceof BaseError) {
    const transport = error.walk(
      (cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError,
    );
    if (transport !== null) return new L1UnreachableError(url, { cause: error });
    const rpc = error.walk((cause) => cause instanceof RpcRequestError);
    if (rpc instanceof RpcRequestError) return new L1RpcError(rpc.details, { cause: error });
    return new L1RpcError(error.shortMessage, { cause: error });
  }
  return new L1RpcError(error instanceof Error ? error.message : String(error), { cause: error });
}
