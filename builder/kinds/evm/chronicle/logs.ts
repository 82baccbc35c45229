import type { ChronicleLog, ChronicleTransaction } from "./types.ts";

/** A transaction's events with their places. */
export function logsOf(transaction: ChronicleTransaction): ChronicleLog[] {
  const { receipt, blockNumber, blockHash, hash, index, firstLogIndex } = transaction;
  return receipt.logs.map((log, place) => ({
    ...log,
    blockNumber,
    blockHash,
    timestamp: receipt.timestamp,
    transactionHash: hash,
    transactionIndex: index,
    logIndex: firstLogIndex + place,
  }));
}
