import { type Hex, numberToHex, zeroAddress } from "viem";
import { z } from "zod";
import type { Builder } from "../builder.ts";
import { type ChainId, chainId } from "../protocol/ids.ts";
import { TransactionRevertedError } from "../simulate/outcome.ts";
import { callSchema } from "./call-request.ts";
import { addressSchema, bytesSchema, hashSchema, parseParams, quantitySchema, RpcCode } from "./json-rpc.ts";
import { type Gateway, type Handler, serve, type ServerOptions } from "./server.ts";
import { statusOf, transactionStatus } from "./status.ts";
import { Upstream } from "./upstream.ts";

export interface RollupGatewayOptions extends ServerOptions {
  readonly rollup: ChainId;
  /** The chain id that wallets are told; must differ from L1's. */
  readonly chainId: bigint;
}

/** Starts the endpoint of one rollup. */
export async function startRollupGateway(builder: Builder, options: RollupGatewayOptions): Promise<Gateway> {
  return await serve(rollupHandler(builder, options), options);
}

/** 256 bytes of nothing: rollups emit no events. */
const EMPTY_BLOOM: Hex = `0x${"00".repeat(256)}`;

const blockTag = z.unknown();
const hash = z.tuple([hashSchema]);

/** A rollup's state at L1's head, and its own transactions. Accounts are those whose home is the rollup. */
export function rollupHandler(builder: Builder, options: { rollup: ChainId; chainId: bigint }): Handler {
  const { rollup } = options;
  const upstream = new Upstream(builder.l1Rpc);
  const account = async (params: readonly unknown[]) => {
    const [address] = parseParams(z.tuple([addressSchema], blockTag), params);
    return await builder.account(rollup, rollup, address);
  };
  const own: Readonly<Record<string, Handler>> = {
    eth_chainId: async () => ({ result: numberToHex(options.chainId) }),
    net_version: async () => ({ result: options.chainId.toString() }),
    // A rollup has no blocks of its own: its state changes with L1's.
    eth_blockNumber: async (request) => await upstream.forward(request),
    eth_getBalance: async ({ params }) => ({ result: numberToHex((await account(params)).balance) }),
    eth_getTransactionCount: async ({ params }) => ({ result: numberToHex((await account(params)).nonce) }),
    eth_call: async ({ params }) => {
      const [call] = parseParams(z.tuple([callSchema], blockTag), params);
      const target = call.to ?? zeroAddress;
      const data = call.input ?? call.data ?? "0x";
      const answer = await builder.view({ rollup, sender: call.from ?? zeroAddress, target, data });
      if (answer.failed) throw new TransactionRevertedError(answer.data, undefined);
      return { result: answer.data };
    },
    eth_sendRawTransaction: async ({ params }) => {
      const [data] = parseParams(z.tuple([bytesSchema]), params);
      return { result: await builder.submitToRollup(rollup, data) };
    },
    eth_getTransactionReceipt: async ({ params }) => {
      const [id] = parseParams(hash, params);
      return { result: await receiptOf(id) };
    },
    lockstep_getAccount: async ({ params }) => {
      const [chain, address] = parseParams(z.tuple([quantitySchema, addressSchema]), params);
      const { balance, nonce } = await builder.account(rollup, chainId(chain), address);
      return { result: { balance: numberToHex(balance), nonce: numberToHex(nonce) } };
    },
    lockstep_status: async () => ({ result: await statusOf(builder) }),
    lockstep_transactionStatus: async ({ params }) => {
      const [id] = parseParams(hash, params);
      return { result: transactionStatus(builder.status(id)) };
    },
  };
  const methods = new Map(Object.entries(own));
  return async (request) => {
    const method = methods.get(request.method);
    if (method !== undefined) return await method(request);
    const message = `a rollup's gateway has no method ${request.method}`;
    return { error: { code: RpcCode.METHOD_NOT_FOUND, message } };
  };

  /** The receipt of a transaction signed for the rollup: it names the L1 transaction in which it took effect. */
  async function receiptOf(id: Hex): Promise<unknown> {
    const l1Transaction = await builder.l1TransactionOf(rollup, id);
    if (l1Transaction === undefined) return null;
    const { blockHash, blockNumber, transactionIndex } = await builder.l1.getTransactionReceipt({
      hash: l1Transaction,
    });
    return {
      transactionHash: id,
      l1TransactionHash: l1Transaction,
      status: "0x1",
      blockHash,
      blockNumber: numberToHex(blockNumber),
      transactionIndex: numberToHex(transactionIndex),
      from: zeroAddress,
      to: null,
      contractAddress: null,
      logs: [],
      logsBloom: EMPTY_BLOOM,
      gasUsed: "0x0",
      cumulativeGasUsed: "0x0",
      effectiveGasPrice: "0x0",
      type: "0x0",
    };
  }
}
