import { numberToHex, zeroHash } from "viem";
import { z } from "zod";
import type { Chronicle } from "../../../../kinds/evm/chronicle/chronicle.ts";
import { addressSchema, hashSchema, parseParams, quantitySchema } from "../../../json-rpc.ts";
import type { Handler } from "../../../service.ts";
import { blockTagSchema, type BlockTag } from "../block-tag.ts";
import { rpcHeader, rpcReceipt } from "../format.ts";
import type { Replay } from "./open.ts";

const accountParams = z.tuple([addressSchema, blockTagSchema]);

export function replayMethods(
  replay: Replay,
  { chainId, chronicle }: { readonly chainId: bigint; readonly chronicle: Chronicle },
): ReadonlyMap<string, Handler> {
  const { transaction, block, state, shown } = replay;

  const header = async (tag: BlockTag, inFull: boolean): Promise<unknown> => {
    const number = typeof tag === "bigint" ? tag : block.number;
    if (number === block.number)
      return {
        ...rpcHeader(block),
        gasLimit: numberToHex(replay.blockGas),
        transactions: [inFull ? shown : transaction.hash],
        uncles: [],
      };
    const earlier = number < block.number ? await chronicle.block(number) : undefined;
    if (earlier === undefined) return undefined;
    // Code of the rollup finds no block's hash. Foundry keeps what it reads of a state for later, by chain,
    // number and what its block says: a replay's is no other's.
    const marks = { hash: zeroHash, mixHash: transaction.hash };
    return { ...rpcHeader(earlier), ...marks, transactions: [], uncles: [] };
  };

  const methods: Readonly<Record<string, Handler>> = {
    eth_chainId: async () => ({ result: numberToHex(chainId) }),
    net_version: async () => ({ result: chainId.toString() }),
    web3_clientVersion: async () => ({ result: "lockstep/replay" }),
    eth_blockNumber: async () => ({ result: numberToHex(block.number) }),
    eth_gasPrice: async () => ({ result: "0x0" }),
    eth_accounts: async () => ({ result: [] }),
    eth_getBlockByNumber: async ({ params }) => {
      const [tag, inFull] = parseParams(z.tuple([blockTagSchema, z.boolean().default(false)]), params);
      return { result: (await header(tag, inFull)) ?? null };
    },
    eth_getTransactionByHash: async ({ params }) => {
      const [hash] = parseParams(z.tuple([hashSchema]), params);
      return { result: hash === transaction.hash ? shown : null };
    },
    eth_getTransactionReceipt: async ({ params }) => {
      const [hash] = parseParams(z.tuple([hashSchema]), params);
      return { result: hash === transaction.hash ? rpcReceipt(transaction, chainId) : null };
    },
    eth_getBalance: async ({ params }) => {
      const [address] = parseParams(accountParams, params);
      return { result: numberToHex(state.account(address)?.balance ?? 0n) };
    },
    eth_getTransactionCount: async ({ params }) => {
      const [address] = parseParams(accountParams, params);
      return { result: numberToHex(state.account(address)?.nonce ?? 0n) };
    },
    eth_getCode: async ({ params }) => {
      const [address] = parseParams(accountParams, params);
      return { result: state.account(address)?.code ?? "0x" };
    },
    eth_getStorageAt: async ({ params }) => {
      const [address, slot] = parseParams(z.tuple([addressSchema, quantitySchema, blockTagSchema]), params);
      return { result: state.slot(address, numberToHex(slot, { size: 32 })) };
    },
  };
  return new Map(Object.entries(methods));
}
