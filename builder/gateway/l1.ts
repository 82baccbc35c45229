import { type Hex, type LocalAccount, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { isBlobTransaction } from "../intake/decode.ts";
import { LockstepError } from "../protocol/errors.ts";
import { InvalidTransactionError, TransactionRevertedError } from "../simulate/outcome.ts";
import { GatewayAccounts, type SigningChain } from "./accounts.ts";
import { accessListGas, type CallParameters, callRequest, callSchema } from "./call-request.ts";
import { estimateCrossChainGas } from "./estimate.ts";
import {
  addressSchema,
  type Answer,
  bytesSchema,
  hashSchema,
  parseParams,
  type RpcRequest,
} from "./json-rpc.ts";
import type { GatewayKinds } from "./kinds/kind-gateway.ts";
import { l1FeedSource } from "./l1-feed.ts";
import { nextNonce } from "./nonce.ts";
import { pendingTransaction } from "./pending-transaction.ts";
import { type Gateway, serve, type ServerOptions } from "./server.ts";
import type { Handler, Service, Topic } from "./service.ts";
import { statusOf, transactionStatus } from "./status.ts";
import { BlockFeed } from "./subscriptions/feed.ts";
import { blockTopics } from "./subscriptions/topics.ts";
import { withoutEmptyCalls } from "./trace/frame.ts";
import { parseCallTrace } from "../l1/call-tracer.ts";
import { traceAllChains, traceParamsSchema } from "./trace/trace.ts";
import { Upstream } from "./upstream.ts";

export interface L1GatewayOptions extends ServerOptions {
  readonly kinds: GatewayKinds;
  /** Accounts that the gateway signs for, for every caller. Only for development networks. */
  readonly accounts?: readonly LocalAccount[];
}

/** Starts the endpoint that wallets, viem, ethers and Hardhat use in place of the L1 node's. */
export async function startL1Gateway(builder: Backend, options: L1GatewayOptions): Promise<Gateway> {
  return await serve(l1Service(builder, options), options);
}

/**
 * Milliseconds for which a receipt is waited for while its transaction is queued. ethers asks once and then
 * only when a block comes; on a node that mines on demand none may come after the transaction's own, which it
 * could just miss.
 */
const RECEIPT_TIMEOUT = 1_000;

const call = z.tuple([callSchema], z.unknown());
const hash = z.tuple([hashSchema]);

/** Everything goes to the node as it is, but what has to see the rollups. */
export function l1Service(
  builder: Backend,
  { kinds, accounts: keys = [] }: Pick<L1GatewayOptions, "kinds" | "accounts">,
): Service {
  const upstream = new Upstream(builder.l1Rpc);
  const feed = new BlockFeed(l1FeedSource(upstream));
  const accounts = new GatewayAccounts(signingChain(builder), keys);
  const own: Readonly<Record<string, Handler>> = {
    eth_sendRawTransaction: async (request) => {
      const [raw] = parseParams(z.tuple([bytesSchema]), request.params);
      return await submit(raw);
    },
    eth_accounts: async (request) =>
      keys.length === 0 ? await upstream.forward(request) : { result: accounts.addresses },
    eth_sendTransaction: async (request) => {
      const [parameters] = parseParams(call, request.params);
      if (!accounts.has(parameters.from)) return await upstream.forward(request);
      return await accounts.send(parameters, submit);
    },
    eth_call: async (request) => {
      const at = simulated(request);
      if (at === undefined) return await upstream.forward(request);
      const outcome = await unlessUnsupported(() => builder.call(callRequest(at.call), at.pending));
      if (outcome?.crossesChains !== true) return await upstream.forward(request);
      if (!outcome.success) throw new TransactionRevertedError(outcome.data, outcome.failure);
      return { result: outcome.data };
    },
    eth_estimateGas: async (request) => {
      const at = simulated(request);
      if (at === undefined) return await upstream.forward(request);
      const gas = await unlessUnsupported(() =>
        estimateCrossChainGas(builder, callRequest(at.call), at.pending),
      );
      if (gas === undefined) return await upstream.forward(request);
      return { result: numberToHex(gas + accessListGas(at.call)) };
    },
    eth_getTransactionByHash: async (request) => {
      const [wanted] = parseParams(hash, request.params);
      const queued = builder.pending(wanted);
      if (queued === undefined || queued.rollup !== undefined) return await upstream.forward(request);
      return { result: pendingTransaction(queued.data, builder.l1ChainId) };
    },
    eth_getTransactionReceipt: async (request) => {
      const [wanted] = parseParams(hash, request.params);
      await builder.settled(wanted, RECEIPT_TIMEOUT);
      return await upstream.forward(request);
    },
    eth_getTransactionCount: async (request) => {
      if (request.params[1] !== "pending") return await upstream.forward(request);
      const [address] = parseParams(z.tuple([addressSchema], z.unknown()), request.params);
      return { result: numberToHex(await nextNonceOf(builder, address)) };
    },
    debug_traceTransaction: trace,
    lockstep_traceTransaction: trace,
    lockstep_status: async () => ({ result: await statusOf(builder) }),
    lockstep_transactionStatus: async (request) => {
      const [wanted] = parseParams(hash, request.params);
      return { result: transactionStatus(builder.status(wanted)) };
    },
  };
  const methods = new Map(Object.entries(own));
  /** Who wants to know of transactions that go to the node as they are. */
  const watchers = new Set<(hash: unknown) => void>();
  const newPendingTransactions: Topic = async (_params, push) => {
    const end = builder.listen((event) => {
      if (event.type === "accepted" && event.rollup === undefined) push(event.transaction);
    });
    watchers.add(push);
    return () => {
      watchers.delete(push);
      end();
    };
  };
  const end = builder.listen(({ type }) => {
    if (type === "posted") feed.nudge();
  });
  return {
    handle: async (request) =>
      await (methods.get(request.method) ?? ((other) => upstream.forward(other)))(request),
    topics: new Map(Object.entries({ ...blockTopics(feed), newPendingTransactions })),
    close: () => {
      end();
      feed.close();
    },
  };

  /** Frames of all chains, if the transaction crossed any; what is no call trace is the node's matter. */
  async function trace(request: RpcRequest): Promise<Answer> {
    const asked = { method: "debug_traceTransaction", params: request.params };
    const parsed = traceParamsSchema.safeParse([request.params[0], request.params[1]]);
    const options = parsed.success ? parsed.data[1] : undefined;
    const isWhole = options?.tracerConfig?.withLog !== true && options?.tracerConfig?.onlyTopCall !== true;
    const answer = await upstream.forward(asked);
    if (options?.tracer !== "callTracer" || !isWhole || "error" in answer) return answer;
    const [wanted] = parseParams(hash, [request.params[0]]);
    const frame = parseCallTrace(answer.result);
    const across = frame && (await traceAllChains(builder, kinds, wanted, frame));
    return across === undefined ? answer : { result: withoutEmptyCalls(across.root) };
  }

  async function submit(raw: Hex): Promise<Answer> {
    const forward = async (): Promise<Answer> => {
      const answer = await upstream.forward({ method: "eth_sendRawTransaction", params: [raw] });
      if ("result" in answer) for (const watch of watchers) watch(answer.result);
      return answer;
    };
    // Blobs are not simulated: such a transaction reaches rollups only through its own batch.
    if (isBlobTransaction(raw)) return await forward();
    const taken = await builder.submit(raw, forward);
    return typeof taken === "string" ? { result: taken } : taken;
  }
}

/** L1 as accounts of the gateway sign for it. */
function signingChain(builder: Backend): SigningChain {
  return {
    chainId: builder.l1ChainId,
    priorityFee: 1_000_000_000n,
    baseFee: async () => (await builder.l1.getBlock({ blockTag: "pending" })).baseFeePerGas ?? 0n,
    nextNonce: (sender) => nextNonceOf(builder, sender),
    estimateGas: async (call) => {
      const request = callRequest(call);
      const across = await estimateCrossChainGas(builder, request, true);
      if (across !== undefined) return across + accessListGas(call);
      const { from, to, value, data } = request;
      return await builder.l1.estimateGas({ account: from, to: to ?? null, value, data });
    },
  };
}

async function nextNonceOf(builder: Backend, address: Hex): Promise<bigint> {
  const askNode = async () => await builder.l1.getTransactionCount({ address, blockTag: "pending" });
  return await nextNonce(builder.pendingOf(address), builder.l1ChainId, async () => BigInt(await askNode()));
}

/** What L1's own rules refuse, or the simulation cannot do, is answered by the node in its own words. */
async function unlessUnsupported<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockstepError && !(error instanceof InvalidTransactionError)) throw error;
    return undefined;
  }
}

/** What to simulate; nothing when the request is about the past, or asks for what only the node can do. */
function simulated({ params }: RpcRequest): { call: CallParameters; pending: boolean } | undefined {
  const [parameters, block = "latest", ...overrides] = params;
  if (block !== "latest" && block !== "pending") return undefined;
  if (overrides.some((each) => each !== undefined && each !== null)) return undefined;
  const [parsed] = parseParams(call, [parameters]);
  return { call: parsed, pending: block === "pending" };
}
