import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Chronicle } from "../../../kinds/evm/chronicle/chronicle.ts";
import type { ChronicleBlock } from "../../../kinds/evm/chronicle/types.ts";
import { hashSchema, InvalidParamsError, parseParams, quantitySchema } from "../../json-rpc.ts";
import { shownPending } from "./shown.ts";
import type { Handler } from "../../service.ts";
import { logFilterFields, logFilterOf } from "../../subscriptions/log-criteria.ts";
import { type BlockTag, blockNumberSchema, blockTagSchema, findBlock, getBlock } from "./block-tag.ts";
import { rpcBlock, rpcLog, rpcPendingBlock, rpcReceipt, rpcTransaction } from "./format.ts";
import type { EvmRollupView } from "./view.ts";

/**
 * Milliseconds for which a receipt is waited for while its transaction is queued: ethers asks once and then
 * only when a block comes, and the transaction's own may be the last for a while.
 */
const RECEIPT_PATIENCE = 1_000;

/** What `eth_getLogs` and `eth_newFilter` take. */
export const logCriteriaSchema = z.object({
  ...logFilterFields,
  fromBlock: blockNumberSchema.nullish(),
  toBlock: blockNumberSchema.nullish(),
  blockHash: hashSchema.nullish(),
});
export type LogCriteria = z.output<typeof logCriteriaSchema>;

const hash = z.tuple([hashSchema]);
const byNumber = z.tuple([blockNumberSchema]);

/** Methods that read what has happened. */
export function historyMethods(view: EvmRollupView): Readonly<Record<string, Handler>> {
  const chronicle = async (): Promise<Chronicle> => await view.read((state) => state.chronicle);
  const now = () => BigInt(Math.floor(Date.now() / 1000));

  async function block(tag: BlockTag, inFull: boolean): Promise<unknown> {
    const history = await chronicle();
    if (tag === "pending") {
      const waiting = view.waiting();
      const { latest } = history;
      const timestamp = latest.timestamp < now() ? now() : latest.timestamp + 1n;
      const shown = waiting.map(({ hash: id, data }) => (inFull ? shownPending(data, view.chainId) : id));
      return rpcPendingBlock(latest, timestamp, shown);
    }
    const found = await findBlock(view, history, tag);
    if (found === undefined) return null;
    if (!inFull) return rpcBlock(found, found.transactions);
    const transactions = await history.transactionsOf(found);
    return rpcBlock(
      found,
      transactions.map((transaction) => rpcTransaction(transaction, view.chainId)),
    );
  }

  async function countIn(tag: BlockTag): Promise<Hex | null> {
    if (tag === "pending") return numberToHex(view.waiting().length);
    const found = await findBlock(view, await chronicle(), tag);
    return found === undefined ? null : numberToHex(found.transactions.length);
  }

  async function transactionIn(tag: BlockTag, index: bigint): Promise<unknown> {
    const history = await chronicle();
    const found = await findBlock(view, history, tag);
    if (found === undefined) return null;
    const transaction = (await history.transactionsOf(found)).find((each) => BigInt(each.index) === index);
    return transaction === undefined ? null : rpcTransaction(transaction, view.chainId);
  }

  return {
    eth_syncing: async () => ({ result: false }),
    eth_blockNumber: async () => ({ result: numberToHex((await chronicle()).latest.number) }),
    eth_getBlockByNumber: async ({ params }) => {
      const [tag, inFull] = parseParams(z.tuple([blockNumberSchema, z.boolean().default(false)]), params);
      return { result: await block(tag, inFull) };
    },
    eth_getBlockByHash: async ({ params }) => {
      const [id, inFull] = parseParams(z.tuple([hashSchema, z.boolean().default(false)]), params);
      return { result: await block({ hash: id }, inFull) };
    },
    eth_getBlockTransactionCountByNumber: async ({ params }) => ({
      result: await countIn(parseParams(byNumber, params)[0]),
    }),
    eth_getBlockTransactionCountByHash: async ({ params }) => ({
      result: await countIn({ hash: parseParams(hash, params)[0] }),
    }),
    eth_getTransactionByBlockNumberAndIndex: async ({ params }) => {
      const [tag, index] = parseParams(z.tuple([blockNumberSchema, quantitySchema]), params);
      return { result: await transactionIn(tag, index) };
    },
    eth_getTransactionByBlockHashAndIndex: async ({ params }) => {
      const [id, index] = parseParams(z.tuple([hashSchema, quantitySchema]), params);
      return { result: await transactionIn({ hash: id }, index) };
    },
    eth_getTransactionByHash: async ({ params }) => {
      const [id] = parseParams(hash, params);
      // The queue first: what is posted in between is then found in history.
      const queued = view.waiting().find((each) => each.hash === id);
      const transaction = await (await chronicle()).transaction(id);
      if (transaction !== undefined) return { result: rpcTransaction(transaction, view.chainId) };
      return { result: queued === undefined ? null : shownPending(queued.data, view.chainId) };
    },
    eth_getTransactionReceipt: async ({ params }) => {
      const [id] = parseParams(hash, params);
      await view.settled(id, RECEIPT_PATIENCE);
      const transaction = await (await chronicle()).transaction(id);
      return { result: transaction === undefined ? null : rpcReceipt(transaction, view.chainId) };
    },
    eth_getBlockReceipts: async ({ params }) => {
      const [tag] = parseParams(z.tuple([blockTagSchema]), params);
      const history = await chronicle();
      const found = await findBlock(view, history, tag);
      if (found === undefined) return { result: null };
      const transactions = await history.transactionsOf(found);
      return { result: transactions.map((transaction) => rpcReceipt(transaction, view.chainId)) };
    },
    eth_getLogs: async ({ params }) => {
      const [criteria] = parseParams(z.tuple([logCriteriaSchema]), params);
      return { result: await readLogs(view, criteria) };
    },
  };
}

/**
 * Logs of a range of blocks, by default the latest alone.
 * @throws {TooManyLogsError}, {BlockNotFoundError}, {InvalidParamsError}
 */
export async function readLogs(view: EvmRollupView, criteria: LogCriteria): Promise<unknown[]> {
  const chronicle = await view.read((state) => state.chronicle);
  const { fromBlock, toBlock, blockHash } = criteria;
  const filter = logFilterOf(criteria);
  if (blockHash !== undefined && blockHash !== null) {
    if (fromBlock != null || toBlock != null)
      throw new InvalidParamsError("a block's hash and a range of blocks are given; give one of them");
    const block = await getBlock(view, chronicle, { hash: blockHash });
    return (await chronicle.logsOf(block, filter)).map(rpcLog);
  }
  const [from, to] = await Promise.all([
    numberOf(view, chronicle, fromBlock ?? "latest"),
    numberOf(view, chronicle, toBlock ?? "latest"),
  ]);
  if (from > to) throw new InvalidParamsError("the range of blocks ends before it begins");
  if (to > chronicle.latest.number)
    throw new InvalidParamsError(`the range of blocks goes beyond the latest, ${chronicle.latest.number}`);
  return (await chronicle.logs(from, to, filter)).map(rpcLog);
}

async function numberOf(view: EvmRollupView, chronicle: Chronicle, tag: BlockTag): Promise<bigint> {
  if (typeof tag === "bigint") return tag;
  const block: ChronicleBlock = await getBlock(view, chronicle, tag);
  return block.number;
}
