import { concatHex, type Hex, numberToHex, toRlp } from "viem";
import { z } from "zod";
import { logsOf } from "../../../kinds/evm/chronicle/logs.ts";
import type { ChronicleTransaction } from "../../../kinds/evm/chronicle/types.ts";
import { hashSchema, parseParams } from "../../json-rpc.ts";
import type { Handler } from "../../service.ts";
import { blockTagSchema, getBlock } from "./block-tag.ts";
import { UnsupportedRequestError } from "./errors.ts";
import { signedBytes, typeOf } from "./format.ts";
import { TransactionNotFoundError } from "./trace-methods.ts";
import type { EvmRollupView } from "./view.ts";

const block = z.tuple([blockTagSchema]);

/** Methods that give the encoding of what has happened, where there is one. */
export function rawMethods(view: EvmRollupView): Readonly<Record<string, Handler>> {
  /** Blocks of a rollup are made of L1's data: they have a hash (README.md), but no encoding. */
  const noEncoding: Handler = async ({ params }) => {
    parseParams(block, params);
    const message = "a rollup's blocks have no encoding: what they are made of stands on L1";
    throw new UnsupportedRequestError("UNSUPPORTED_ENCODING", message);
  };
  const transaction: Handler = async ({ params }) => {
    const [hash] = parseParams(z.tuple([hashSchema]), params);
    const queued = view.waiting().find((each) => each.hash === hash);
    if (queued !== undefined) return { result: queued.data };
    const chronicle = await view.read((state) => state.chronicle);
    const found = await chronicle.transaction(hash);
    if (found === undefined) throw new TransactionNotFoundError(hash);
    const raw = signedBytes(found);
    if (raw !== undefined) return { result: raw };
    const message = "a call from another chain was not signed, so it has no encoding";
    throw new UnsupportedRequestError("UNSUPPORTED_ENCODING", message);
  };
  return {
    debug_getRawHeader: noEncoding,
    debug_getRawBlock: noEncoding,
    debug_getRawBlockAccessList: noEncoding,
    eth_getBlockAccessList: noEncoding,
    debug_getRawTransaction: transaction,
    eth_getRawTransactionByHash: transaction,
    debug_getRawReceipts: async ({ params }) => {
      const [tag] = parseParams(block, params);
      const chronicle = await view.read((state) => state.chronicle);
      const found = await getBlock(view, chronicle, tag);
      const transactions = await chronicle.transactionsOf(found);
      return { result: transactions.map((each) => rawReceipt(each, view.chainId)) };
    },
  };
}

/** A receipt as EIP-2718 encodes one. */
function rawReceipt(transaction: ChronicleTransaction, chainId: bigint): Hex {
  const { receipt, cumulativeGasUsed, logsBloom } = transaction;
  const quantity = (value: bigint): Hex => (value === 0n ? "0x" : numberToHex(value));
  const logs = logsOf(transaction).map(({ address, topics, data }) => [address, [...topics], data]);
  const encoded = toRlp([
    receipt.success ? "0x01" : "0x",
    evenly(quantity(cumulativeGasUsed)),
    logsBloom,
    logs,
  ]);
  const type = typeOf(transaction, chainId);
  return type === 0 ? encoded : concatHex([numberToHex(type, { size: 1 }), encoded]);
}

/** Whole bytes. */
function evenly(hex: Hex): Hex {
  return hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`;
}
