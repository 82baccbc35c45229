import { z } from "zod";
import { logsOf } from "../../../kinds/evm/chronicle/logs.ts";
import { hashSchema, parseParams } from "../../json-rpc.ts";
import { encodeReceipt } from "../../raw-encoding.ts";
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
      return {
        result: transactions.map((each) => {
          const { receipt, cumulativeGasUsed, logsBloom } = each;
          const { success } = receipt;
          const type = typeOf(each, view.chainId);
          return encodeReceipt({ type, success, cumulativeGasUsed, logsBloom, logs: logsOf(each) });
        }),
      };
    },
  };
}
