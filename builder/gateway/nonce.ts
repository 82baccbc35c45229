import type { Hex } from "viem";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import { decodeTransaction } from "../intake/decode.ts";

/**
 * The sender's next nonce when all its transactions that wait here are used. The queue is read before the
 * chain is asked: a transaction that is posted in between is then counted by both, and not by neither.
 * @param waiting the sender's transactions in the queue.
 * @param chainId EVM chain id that they were signed for.
 */
export async function nextNonce(
  waiting: readonly AcceptedTransaction[],
  chainId: bigint,
  askChain: () => Promise<bigint>,
): Promise<bigint> {
  const queued = waiting.map(({ data }) => decodeTransaction(data, chainId).nonce);
  const used = await askChain();
  return queued.reduce((next, nonce) => (nonce >= next ? nonce + 1n : next), used);
}

/**
 * Those that `sender` signed.
 * @param chainId EVM chain id that they were signed for.
 */
export function signedBy(
  sender: Hex,
  transactions: readonly AcceptedTransaction[],
  chainId: bigint,
): AcceptedTransaction[] {
  return transactions.filter(({ data }) => decodeTransaction(data, chainId).sender === sender.toLowerCase());
}
