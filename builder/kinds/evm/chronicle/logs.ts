import { Bloom } from "@ethereumjs/vm";
import { type Address, bytesToHex, type Hex, hexToBytes } from "viem";
import type { EvmLog } from "../receipt.ts";
import type { ChronicleLog, ChronicleTransaction } from "./types.ts";

/** Which logs are wanted, as `eth_getLogs` says it. Everything in lower case. */
export interface LogFilter {
  /** Any of these contracts; all if there is none. */
  readonly addresses: readonly Address[];
  /** For each place: any of these topics, or none of them for every topic. A log has at least as many topics. */
  readonly topics: readonly (readonly Hex[])[];
}

/** The 2048 bits over addresses and topics of the Yellow Paper. */
export function bloomOf(logs: readonly EvmLog[]): Hex {
  const bloom = new Bloom();
  for (const { address, topics } of logs)
    for (const entry of [address, ...topics]) bloom.add(hexToBytes(entry));
  return bytesToHex(bloom.bitvector);
}

export function matches({ address, topics }: EvmLog, filter: LogFilter): boolean {
  if (filter.addresses.length > 0 && !filter.addresses.includes(address)) return false;
  if (filter.topics.length > topics.length) return false;
  return filter.topics.every((wanted, place) => {
    const topic = topics[place];
    return wanted.length === 0 || (topic !== undefined && wanted.includes(topic));
  });
}

/** False only if no log of what the bloom stands for matches. */
export function mayMatch(bloom: Hex, { addresses, topics }: LogFilter): boolean {
  const bits = new Bloom(hexToBytes(bloom));
  return [addresses, ...topics].every(
    (any) => any.length === 0 || any.some((entry) => bits.check(hexToBytes(entry))),
  );
}

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
