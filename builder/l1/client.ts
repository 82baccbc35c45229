import {
  BaseError,
  createPublicClient,
  HttpRequestError,
  http,
  RpcRequestError,
  TimeoutError,
  testActions,
  walletActions,
} from "viem";
import { LockstepError } from "../protocol/errors.ts";

/** The L1 node did not answer at all. Nothing was changed; the same request may be made again later. */
export class L1UnreachableError extends LockstepError {
  constructor(url: string, options?: { cause?: unknown }) {
    super(
      "L1_UNREACHABLE",
      `the L1 node at ${url} does not answer; start it or correct the address`,
      options,
    );
  }
}

/** The L1 node answered with an error. */
export class L1RpcError extends LockstepError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("L1_RPC_ERROR", `the L1 node refused a request: ${message}`, options);
  }
}

/** How long one request to the node may take, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/**
 * Client of the L1 node: reads, transactions, and the local nodes' controls (`evm_mine` and friends).
 * Requests made in one turn of the event loop travel in one HTTP request. Nothing is retried here: the caller
 * knows what may be repeated.
 */
export function connectL1(url: string) {
  const transport = http(url, { batch: { batchSize: 500 }, retryCount: 0, timeout: REQUEST_TIMEOUT });
  return createPublicClient({ cacheTime: 0, transport })
    .extend(testActions({ mode: "hardhat" }))
    .extend(walletActions);
}

export type L1Client = ReturnType<typeof connectL1>;

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
