import type { EvmLog } from "../../../evm/logs.ts";
import type { Hex } from "viem";
import type { StateRoot } from "../../../protocol/ids.ts";
import type { L1Inclusion } from "../../kind.ts";
import type { VisitReceipt } from "../receipt.ts";

/** Type of a transaction that stands for a call from another chain; those that were signed keep their own. */
export const VISIT_TRANSACTION_TYPE = 0x7e;

/** All visits of one block of the rollup. */
export interface ChronicleBlock {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** Seconds. */
  readonly timestamp: bigint;
  /** The rollup's root after the block. */
  readonly stateRoot: StateRoot;
  /** Hashes of the transactions, in order. */
  readonly transactions: readonly Hex[];
  /** Commitments to transactions and receipts; no Merkle roots (`seal.ts`). */
  readonly transactionsRoot: Hex;
  readonly receiptsRoot: Hex;
  readonly logsBloom: Hex;
  readonly gasUsed: bigint;
  /** Block of L1 in which the first of the visits took effect; 0 for the genesis block. */
  readonly l1BlockNumber: bigint;
  /** Number of the first of its visits, counted from the rollup's first. */
  readonly firstVisit: number;
}

/** One visit as a transaction of the rollup. */
export interface ChronicleTransaction {
  /** keccak256 of the signed transaction; for a call from another chain, see `seal.ts`. */
  readonly hash: Hex;
  /** Its place in the block. */
  readonly index: number;
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  readonly l1: L1Inclusion;
  /** The visit's place among those that the same L1 transaction caused on this rollup. */
  readonly l1Index: number;
  /** The rollup's root after it. */
  readonly rootAfter: StateRoot;
  /** Its frames are kept apart. */
  readonly receipt: Omit<VisitReceipt, "operations">;
  /** Place in the block of its first log. */
  readonly firstLogIndex: number;
  readonly logsBloom: Hex;
  /** Of the block up to and with this one. */
  readonly cumulativeGasUsed: bigint;
}

/** An event with its place in history. */
export interface ChronicleLog extends EvmLog {
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
  readonly timestamp: bigint;
  readonly transactionHash: Hex;
  readonly transactionIndex: number;
  /** Place in the block. */
  readonly logIndex: number;
}
