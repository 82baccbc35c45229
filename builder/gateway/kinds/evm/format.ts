import { type Hex, keccak256, numberToHex, zeroAddress, zeroHash } from "viem";
import { OPERATION_GAS } from "../../../kinds/evm/execution/environment.ts";
import {
  type ChronicleBlock,
  type ChronicleLog,
  type ChronicleTransaction,
  VISIT_TRANSACTION_TYPE,
} from "../../../kinds/evm/chronicle/types.ts";
import { logsOf } from "../../../kinds/evm/chronicle/logs.ts";
import { lowerCase } from "../../../protocol/address.ts";
import { ActionKind } from "../../../protocol/action.ts";
import type { RpcLog } from "../../subscriptions/feed.ts";
import { cheatIn, shownPending, shownTransaction } from "./shown.ts";

const EMPTY_BLOOM: Hex = `0x${"00".repeat(256)}`;
/** Of no uncles at all. */
const NO_UNCLES = keccak256("0xc0");

/** A block's header as JSON-RPC shows it, with what only rollups have: the block of L1. */
export function rpcHeader(block: ChronicleBlock): Record<string, unknown> {
  return {
    ...emptyHeader(block.parentHash),
    number: numberToHex(block.number),
    hash: block.hash,
    nonce: "0x0000000000000000",
    logsBloom: block.logsBloom,
    transactionsRoot: block.transactionsRoot,
    stateRoot: numberToHex(block.stateRoot, { size: 32 }),
    receiptsRoot: block.receiptsRoot,
    gasUsed: numberToHex(block.gasUsed),
    timestamp: numberToHex(block.timestamp),
    l1BlockNumber: numberToHex(block.l1BlockNumber),
  };
}

/** @param transactions hashes, or transactions in full. */
export function rpcBlock(block: ChronicleBlock, transactions: readonly unknown[]): Record<string, unknown> {
  return { ...rpcHeader(block), transactions, uncles: [] };
}

/**
 * What the next block would be if everything that waits came into it.
 * @param timestamp seconds.
 */
export function rpcPendingBlock(
  latest: ChronicleBlock,
  timestamp: bigint,
  transactions: readonly unknown[],
): Record<string, unknown> {
  return {
    ...emptyHeader(latest.hash),
    number: numberToHex(latest.number + 1n),
    // As others do: libraries read a block's nonce and hash without looking whether it is pending.
    hash: zeroHash,
    nonce: "0x0000000000000000",
    logsBloom: EMPTY_BLOOM,
    stateRoot: numberToHex(latest.stateRoot, { size: 32 }),
    timestamp: numberToHex(timestamp),
    transactions,
    uncles: [],
  };
}

/**
 * What is the same in every block: there is no miner, no proof of work, no fee, and no encoding that had a
 * size.
 */
function emptyHeader(parentHash: Hex): Record<string, unknown> {
  return {
    parentHash,
    sha3Uncles: NO_UNCLES,
    transactionsRoot: zeroHash,
    receiptsRoot: zeroHash,
    miner: zeroAddress,
    difficulty: "0x0",
    totalDifficulty: "0x0",
    extraData: "0x",
    size: "0x0",
    gasLimit: numberToHex(OPERATION_GAS),
    gasUsed: "0x0",
    baseFeePerGas: "0x0",
    mixHash: zeroHash,
  };
}

/**
 * Raw bytes of a transaction that was signed for the rollup; nothing for one that stands for a call from
 * another chain.
 */
export function signedBytes({ receipt }: ChronicleTransaction): Hex | undefined {
  const [trigger] = receipt.actions;
  return trigger?.kind === ActionKind.L2TX ? trigger.data : undefined;
}

export function rpcTransaction(transaction: ChronicleTransaction, chainId: bigint): Record<string, unknown> {
  const { blockHash, blockNumber, index, l1, receipt } = transaction;
  const raw = signedBytes(transaction);
  return {
    ...(raw === undefined ? visitTransaction(transaction, chainId) : shownPending(raw, chainId)),
    ...(raw === undefined ? {} : { gasPrice: numberToHex(effectiveGasPrice(transaction, chainId)) }),
    blockHash,
    blockNumber: numberToHex(blockNumber),
    blockTimestamp: numberToHex(receipt.timestamp),
    transactionIndex: numberToHex(index),
    lockstep: {
      l1TransactionHash: l1.transaction,
      l1BlockNumber: numberToHex(l1.blockNumber),
      l1BlockHash: l1.blockHash,
      ...(raw === undefined ? sourceOf(transaction) : cheatIn(raw)),
    },
  };
}

/** Who called, in Lockstep's numbering of chains. */
function sourceOf({ receipt }: ChronicleTransaction): Record<string, unknown> {
  const [trigger] = receipt.actions;
  return {
    sourceChain: numberToHex(trigger?.from ?? 0n),
    sourceSender: lowerCase(trigger?.sender ?? zeroAddress),
  };
}

/** A call from another chain, in the form of an unsigned transaction. */
function visitTransaction({ hash, receipt }: ChronicleTransaction, chainId: bigint): Record<string, unknown> {
  return {
    hash,
    type: numberToHex(VISIT_TRANSACTION_TYPE),
    chainId: numberToHex(chainId),
    from: receipt.from,
    to: receipt.to ?? null,
    value: numberToHex(receipt.value),
    input: receipt.input,
    nonce: "0x0",
    gas: numberToHex(OPERATION_GAS),
    gasPrice: "0x0",
    r: "0x0",
    s: "0x0",
    v: "0x0",
    yParity: "0x0",
  };
}

export function rpcReceipt(transaction: ChronicleTransaction, chainId: bigint): Record<string, unknown> {
  const { hash, index, blockHash, blockNumber, l1, receipt, logsBloom, cumulativeGasUsed } = transaction;
  return {
    transactionHash: hash,
    transactionIndex: numberToHex(index),
    blockHash,
    blockNumber: numberToHex(blockNumber),
    ...parties(transaction, chainId),
    cumulativeGasUsed: numberToHex(cumulativeGasUsed),
    gasUsed: numberToHex(receipt.gasUsed),
    effectiveGasPrice: numberToHex(effectiveGasPrice(transaction, chainId)),
    contractAddress: receipt.created ?? null,
    logs: logsOf(transaction).map(rpcLog),
    logsBloom,
    status: receipt.success ? "0x1" : "0x0",
    lockstep: {
      l1TransactionHash: l1.transaction,
      l1BlockNumber: numberToHex(l1.blockNumber),
      l1BlockHash: l1.blockHash,
    },
  };
}

/** The transaction's type as a number. */
export function typeOf(transaction: ChronicleTransaction, chainId: bigint): number {
  const raw = signedBytes(transaction);
  return raw === undefined ? VISIT_TRANSACTION_TYPE : shownTransaction(raw, chainId).type;
}

function parties(
  transaction: ChronicleTransaction,
  chainId: bigint,
): { type: Hex; from: Hex; to: Hex | null } {
  const { receipt } = transaction;
  const raw = signedBytes(transaction);
  if (raw === undefined)
    return { type: numberToHex(VISIT_TRANSACTION_TYPE), from: receipt.from, to: receipt.to ?? null };
  const { type, sender, to } = shownTransaction(raw, chainId);
  return { type: numberToHex(type), from: sender, to };
}

/** Wei per gas that the sender paid: the base fee is 0. */
export function effectiveGasPrice(transaction: ChronicleTransaction, chainId: bigint): bigint {
  const raw = signedBytes(transaction);
  return raw === undefined ? 0n : shownTransaction(raw, chainId).gasPrice;
}

export function rpcLog(log: ChronicleLog): RpcLog & Record<string, unknown> {
  return {
    address: log.address,
    topics: log.topics,
    data: log.data,
    blockNumber: numberToHex(log.blockNumber),
    blockHash: log.blockHash,
    blockTimestamp: numberToHex(log.timestamp),
    transactionHash: log.transactionHash,
    transactionIndex: numberToHex(log.transactionIndex),
    logIndex: numberToHex(log.logIndex),
    removed: false,
  };
}
