import {
  type Address,
  type Hex,
  keccak256,
  parseEventLogs,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { rollupsAbi } from "../../protocol/abi.ts";
import { type Batch, decodeBatch } from "../../protocol/batch.ts";

/** What L1 says of a transaction that was included with a batch. Nothing in here comes from the builder. */
export interface PostedTransaction {
  readonly transaction: TransactionReceipt;
  readonly batch: Batch;
  /**
   * Receipt of the transaction that posted the batch; the same as `transaction` for a rollup's own
   * transaction.
   */
  readonly posting: TransactionReceipt;
}

/**
 * Reads from L1 the batch that was posted in the same block in front of a transaction.
 * @returns undefined when there is none: the transaction crossed no chains.
 */
export async function readPostedTransaction(
  l1: PublicClient,
  manager: Address,
  hash: Hex,
): Promise<PostedTransaction | undefined> {
  const transaction = await l1.getTransactionReceipt({ hash });
  const { blockNumber } = transaction;
  const logs = await l1.getLogs({ address: manager, fromBlock: blockNumber, toBlock: blockNumber });
  const posted = parseEventLogs({ abi: rollupsAbi, eventName: "BatchPosted", logs })
    .filter(({ transactionIndex }) => transactionIndex <= transaction.transactionIndex)
    .at(-1);
  if (posted === undefined) return undefined;
  const { input } = await l1.getTransaction({ hash: posted.transactionHash });
  const { batch: id } = posted.args;
  if (keccak256(input) !== id) return undefined;
  const posting = await l1.getTransactionReceipt({ hash: posted.transactionHash });
  return { transaction, batch: decodeBatch(id, input), posting };
}
