import {
  type Address,
  type ContractFunctionArgs,
  decodeFunctionData,
  type Hex,
  keccak256,
  parseEventLogs,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { rollupsAbi } from "../../protocol/abi.ts";

/** A batch as it stands in the calldata of `postBatch`. */
export type PostedBatch = ContractFunctionArgs<typeof rollupsAbi, "nonpayable", "postBatch">[0];
export type PostedExecution = PostedBatch["executions"][number];
export type PostedAction = PostedExecution["actions"][number];
export type PostedProof = PostedBatch["proofs"][number];

/** What L1 says of a transaction that was included with a batch. Nothing in here comes from the builder. */
export interface Inclusion {
  readonly transaction: TransactionReceipt;
  readonly batch: PostedBatch;
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
export async function readInclusion(
  l1: PublicClient,
  rollups: Address,
  hash: Hex,
): Promise<Inclusion | undefined> {
  const transaction = await l1.getTransactionReceipt({ hash });
  const { blockNumber } = transaction;
  const logs = await l1.getLogs({ address: rollups, fromBlock: blockNumber, toBlock: blockNumber });
  const posted = parseEventLogs({ abi: rollupsAbi, eventName: "BatchPosted", logs })
    .filter(({ transactionIndex }) => transactionIndex <= transaction.transactionIndex)
    .at(-1);
  if (posted === undefined) return undefined;
  const { input } = await l1.getTransaction({ hash: posted.transactionHash });
  const call = decodeFunctionData({ abi: rollupsAbi, data: input });
  if (call.functionName !== "postBatch" || keccak256(input) !== posted.args.batch) return undefined;
  const posting = await l1.getTransactionReceipt({ hash: posted.transactionHash });
  return { transaction, batch: call.args[0], posting };
}
