import { type Hex, type LocalAccount, numberToHex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { isBlobTransaction } from "../intake/decode.ts";
import { LockstepError } from "../protocol/errors.ts";
import { L1 } from "../protocol/ids.ts";
import { failureOnL1 } from "../simulate/outcome.ts";
import { GatewayAccounts, type SigningChain } from "./accounts.ts";
import { accessListGas, callRequest } from "./call-request.ts";
import { estimateCrossChainGas } from "./estimate.ts";
import {
  addressSchema,
  type Answer,
  bytesSchema,
  hashSchema,
  parseParams,
  quantitySchema,
  type RpcRequest,
} from "./json-rpc.ts";
import type { GatewayKinds } from "./kinds/kind-gateway.ts";
import { headCall, simulatedL1, unlessNodeKnowsBetter } from "./l1-call.ts";
import { fillingMethods } from "./l1-filling.ts";
import { L1Node } from "./l1-node.ts";
import { simulateL1Across } from "./l1-simulate-across.ts";
import { l1RawMethods } from "./l1-raw.ts";
import { l1TxpoolMethods } from "./l1-txpool.ts";
import { l1FeedSource } from "./l1-feed.ts";
import { lowerCase } from "../protocol/address.ts";
import type { ChainFrame } from "./otterscan/chain.ts";
import { indexedByNode, otterscanMethods } from "./otterscan/methods.ts";
import { withProxyGuard } from "./proxies/guard.ts";
import { ProxyNames } from "./proxies/proxy-names.ts";
import { nextNonce } from "./nonce.ts";
import { pendingTransaction } from "./pending-transaction.ts";
import { BuilderMemory } from "./seeing/memory.ts";
import { asCallTrace, traceAnywhere } from "./seeing/trace-anywhere.ts";
import { builderMethods, builderTopic, seeingMethods } from "./seeing/methods.ts";
import { type Gateway, serve, type ServerOptions } from "./server.ts";
import { simulateMethod } from "./simulate/simulate.ts";
import { signingMethods } from "./signing-methods.ts";
import { type Handler, needsSocket, type Service, type Topic } from "./service.ts";
import { nodeStatus, statusOf, transactionStatus } from "./status.ts";
import { BlockFeed } from "./subscriptions/feed.ts";
import { blockTopics } from "./subscriptions/topics.ts";
import { withoutEmptyCalls } from "./trace/frame.ts";
import { parseCallTrace } from "../l1/call-tracer.ts";
import { traceL1Call } from "./l1-trace-call.ts";
import { readL1Trace, traceAllChains, traceParamsSchema } from "./trace/trace.ts";
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

const hash = z.tuple([hashSchema]);
const rawTransaction = z.tuple([bytesSchema]);

/** Everything goes to the node as it is, but what has to see the rollups. */
export function l1Service(
  builder: Backend,
  { kinds, accounts: keys = [], log }: Pick<L1GatewayOptions, "kinds" | "accounts" | "log">,
): Service {
  const upstream = new Upstream(builder.l1Rpc);
  const feed = new BlockFeed(l1FeedSource(upstream));
  const node = new L1Node(upstream);
  const names = new ProxyNames();
  const context = { builder, kinds };
  const memory = new BuilderMemory(builder);
  const accounts = new GatewayAccounts(signingChain(builder, node), keys);
  const filling = fillingMethods(builder, node, { trace, across });
  const addresses: Handler = async () =>
    keys.length === 0
      ? await node.answer({ method: "eth_accounts", params: [] })
      : { result: accounts.addresses };
  const own: Readonly<Record<string, Handler>> = {
    eth_sendRawTransaction: async (request) => {
      const [raw] = parseParams(rawTransaction, request.params);
      return await submit(raw);
    },
    eth_accounts: addresses,
    // Pages ask wallets; development tools ask a node the same (EIP-1102).
    eth_requestAccounts: addresses,
    eth_subscribe: needsSocket,
    eth_unsubscribe: needsSocket,
    net_listening: async (request) => await node.answerOr(request, async () => ({ result: true })),
    ...signingMethods(accounts, builder.l1ChainId, submit, unsigned),
    eth_call: async (request) => {
      const at = await headCall(builder, request);
      if (at === undefined) return await node.answer(request);
      const outcome = await unlessNodeKnowsBetter(() => builder.call(at.request, at.pending));
      if (outcome?.crossesChains !== true) return await node.answer(request);
      if (!outcome.success) throw failureOnL1(outcome);
      return { result: outcome.data };
    },
    eth_estimateGas: async (request) => {
      const at = await headCall(builder, request);
      if (at === undefined) return await node.answer(request);
      const gas = await unlessNodeKnowsBetter(() => estimateCrossChainGas(builder, at.request, at.pending));
      if (gas === undefined) return await node.answer(request);
      return { result: numberToHex(gas + accessListGas(at.call)) };
    },
    eth_simulateV1: simulateMethod(simulatedL1(builder)),
    ...filling,
    ...l1RawMethods(builder, node, filling.eth_getBlockReceipts),
    ...l1TxpoolMethods(builder, node),
    eth_getTransactionByHash: async (request) => {
      const [wanted] = parseParams(hash, request.params);
      const queued = builder.pending(wanted);
      if (queued === undefined || queued.rollup !== undefined) return await node.answer(request);
      return { result: pendingTransaction(queued.data, builder.l1ChainId) };
    },
    eth_getTransactionReceipt: async (request) => {
      const [wanted] = parseParams(hash, request.params);
      await builder.settled(wanted, RECEIPT_TIMEOUT);
      return await node.answer(request);
    },
    eth_getTransactionCount: async (request) => {
      if (request.params[1] !== "pending") return await node.answer(request);
      const [address] = parseParams(z.tuple([addressSchema], z.unknown()), request.params);
      return { result: numberToHex(await nextNonceOf(builder, address)) };
    },
    debug_traceCall: async (request) => await traceL1Call(builder, node, names, request),
    evm_snapshot: snapshot,
    anvil_snapshot: snapshot,
    evm_revert: async (request) => await builder.takeBack(() => node.answer(request)),
    anvil_revert: async (request) => await builder.takeBack(() => node.answer(request)),
    debug_traceTransaction: trace,
    lockstep_traceTransaction: async (request) => {
      const found = await traceAnywhere(context, request.params);
      return found === undefined ? await trace(asCallTrace(request)) : { result: found };
    },
    lockstep_simulateAcross: async (request) => await simulateL1Across(builder, names, request),
    ...seeingMethods(context),
    ...builderMethods(context, memory),
    lockstep_status: async () => ({ result: await statusOf(builder) }),
    lockstep_transactionStatus: async (request) => {
      const [wanted] = parseParams(hash, request.params);
      const status = builder.status(wanted);
      return { result: status === undefined ? await nodeStatus(node, wanted) : transactionStatus(status) };
    },
  };
  const handle: Handler = async (request) =>
    await (methods.get(request.method) ?? ((other) => node.answer(other)))(request);
  const explorer = otterscanMethods({ handle, framesOf, oldest: async () => 0n });
  const methods = new Map(Object.entries({ ...own, ...indexedByNode(node, explorer) }));
  /** Who wants to know of transactions that go to the node as they are. */
  const watchers = new Set<(hash: unknown, raw: Hex) => void>();
  const newPendingTransactions: Topic = async ([isWhole], push) => {
    const tell = (transaction: unknown, raw: Hex | undefined): void => {
      if (isWhole !== true) push(transaction);
      else if (raw !== undefined) push(pendingTransaction(raw, builder.l1ChainId));
    };
    const end = builder.listen((event) => {
      if (event.type === "accepted" && event.rollup === undefined)
        tell(event.transaction, builder.pending(event.transaction)?.data);
    });
    watchers.add(tell);
    return () => {
      watchers.delete(tell);
      end();
    };
  };
  const end = builder.listen(({ type }) => {
    if (type === "posted") feed.nudge();
  });
  const hasCode = async (address: Hex) => (await builder.l1.getCode({ address })) !== undefined;
  return {
    handle: withProxyGuard(handle, {
      builder,
      manager: lowerCase(builder.manager),
      chain: L1,
      names,
      hasCode,
      log,
    }),
    topics: new Map(
      Object.entries({ ...blockTopics(feed), newPendingTransactions, lockstep: builderTopic(context) }),
    ),
    close: () => {
      end();
      memory[Symbol.dispose]();
      feed.close();
    },
  };

  /** Not amid a block that is being made: builders take snapshots of their own then. */
  async function snapshot(request: RpcRequest): Promise<Answer> {
    await builder.quiet();
    return await node.answer(request);
  }

  /** Frames of all chains, if the transaction crossed any; what is no call trace is the node's matter. */
  async function trace(request: RpcRequest): Promise<Answer> {
    const asked = { method: "debug_traceTransaction", params: request.params };
    const parsed = traceParamsSchema.safeParse([request.params[0], request.params[1]]);
    const options = parsed.success ? parsed.data[1] : undefined;
    const isWhole = options?.tracerConfig?.withLog !== true && options?.tracerConfig?.onlyTopCall !== true;
    const answer = await node.answer(asked);
    if (options?.tracer !== "callTracer" || !isWhole || "error" in answer) return answer;
    const [wanted] = parseParams(hash, [request.params[0]]);
    return { result: await across(wanted, answer.result) };
  }

  /** A transaction's frames on L1 and those on other chains, if it crossed; else as they are. */
  async function across(transaction: Hex, traced: unknown): Promise<unknown> {
    const frame = parseCallTrace(traced);
    const all = frame && (await traceAllChains(builder, kinds, transaction, frame));
    return all === undefined ? traced : withoutEmptyCalls(all.root);
  }

  async function framesOf(transaction: Hex): Promise<readonly ChainFrame[]> {
    return [await readL1Trace(upstream, transaction)];
  }

  /**
   * Of an account that the node signs for: what crosses has to be signed before it is
   * sent.
   */
  async function unsigned(request: RpcRequest): Promise<Answer> {
    if (request.method === "eth_sendTransaction") {
      const at = await headCall(builder, { ...request, params: request.params.slice(0, 1) }, "pending");
      const outcome = at && (await unlessNodeKnowsBetter(() => builder.call(at.request, true)));
      if (outcome?.crossesChains === true) throw new UnsignedCrossingError(at?.call.from);
    }
    return await node.answer(request);
  }

  async function submit(raw: Hex): Promise<Answer> {
    const forward = async (): Promise<Answer> => {
      const answer = await node.answer({ method: "eth_sendRawTransaction", params: [raw] });
      if ("result" in answer) for (const watch of watchers) watch(answer.result, raw);
      return answer;
    };
    // Blobs are not simulated: such a transaction reaches rollups only through its own batch.
    if (isBlobTransaction(raw)) return await forward();
    const taken = await builder.submit(raw, forward);
    return typeof taken === "string" ? { result: taken } : taken;
  }
}

/** A transaction calls a rollup, and the gateway cannot sign it. */
class UnsignedCrossingError extends LockstepError {
  constructor(sender: Hex | undefined) {
    const who = sender ?? "an account that is not named";
    super(
      "UNSIGNED_CROSSING",
      `the transaction calls a rollup, which takes a signature: the gateway does not hold the key of ${who}; ` +
        "sign it and use eth_sendRawTransaction",
    );
  }
}

/** L1 as accounts of the gateway sign for it. */
function signingChain(builder: Backend, node: L1Node): SigningChain {
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
      const plain = { from, to, value: numberToHex(value), data };
      // Asked as clients ask: what it refuses is told in the standard words.
      return await node.ask(quantitySchema, "eth_estimateGas", [plain]);
    },
  };
}

async function nextNonceOf(builder: Backend, address: Hex): Promise<bigint> {
  const askNode = async () => await builder.l1.getTransactionCount({ address, blockTag: "pending" });
  return await nextNonce(builder.pendingOf(address), builder.l1ChainId, async () => BigInt(await askNode()));
}
