import { bloomOf } from "../../../evm/logs.ts";
import {
  concatHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  numberToHex,
  parseAbiParameters,
  stringToHex,
  zeroHash,
} from "viem";
import { ActionKind } from "../../../protocol/action.ts";
import type { ChainId, StateRoot } from "../../../protocol/ids.ts";
import type { L1Inclusion } from "../../kind.ts";
import type { VisitReceipt } from "../receipt.ts";
import type { ChronicleBlock, ChronicleTransaction } from "./types.ts";

/** A visit that has taken effect, without its frames. */
export interface ChronicleEntry {
  readonly receipt: Omit<VisitReceipt, "operations">;
  readonly l1: L1Inclusion;
  readonly l1Index: number;
  readonly rootAfter: StateRoot;
}

const BLOCK_DOMAIN = keccak256(stringToHex("lockstep.evm.block.v1"));
const BLOCK = parseAbiParameters(
  "bytes32 domain, uint64 rollup, bytes32 parentHash, uint256 number, uint256 timestamp, bytes32 stateRoot, bytes32 transactionsRoot, bytes32 receiptsRoot, bytes32 logsBloomHash, uint256 gasUsed",
);
const HASHES = parseAbiParameters("bytes32[]");
const RECEIPTS = parseAbiParameters(
  "(bool success, uint256 cumulativeGasUsed, (address emitter, bytes32[] topics, bytes data)[] logs)[]",
);

/**
 * Hash by which a visit is known as a transaction: of the bytes that were signed, or, for a call from another
 * chain, keccak256("lockstep.visit" ‖ hash of the L1 transaction ‖ place of the visit in it, 32 bytes).
 */
export function transactionHash({ receipt, l1, l1Index }: ChronicleEntry): Hex {
  const [trigger] = receipt.actions;
  if (trigger?.kind === ActionKind.L2TX) return keccak256(trigger.data);
  return visitHash(l1.transaction, l1Index);
}

/** The hash of a call from another chain, by its place among the rollup's visits in the L1 transaction. */
export function visitHash(l1Transaction: Hex, place: number): Hex {
  const index = numberToHex(place, { size: 32 });
  return keccak256(concatHex([stringToHex("lockstep.visit"), l1Transaction, index]));
}

/** Block 0, before any visit. */
export function genesisBlock(rollup: ChainId, genesisRoot: StateRoot): ChronicleBlock {
  const header = {
    number: 0n,
    parentHash: zeroHash,
    timestamp: 0n,
    stateRoot: genesisRoot,
    transactions: [],
    receiptsRoot: keccak256(encodeAbiParameters(RECEIPTS, [[]])),
    logsBloom: bloomOf([]),
    gasUsed: 0n,
    l1BlockNumber: 0n,
    firstVisit: 0,
  };
  return withHash(rollup, header);
}

/**
 * Makes a block of visits. Its hash is keccak256 of the ABI encoding of what it holds and its parent's hash;
 * in place of Merkle roots stand keccak256 of the ABI-encoded transaction hashes and receipts.
 * @param entries all of the block's.
 * @param firstVisit number of the first of the visits.
 */
export function sealBlock(
  rollup: ChainId,
  parent: ChronicleBlock,
  entries: readonly [ChronicleEntry, ...ChronicleEntry[]],
  firstVisit: number,
): { block: ChronicleBlock; transactions: ChronicleTransaction[] } {
  let gasUsed = 0n;
  let firstLogIndex = 0;
  const drafts = entries.map((entry, index) => {
    const { receipt } = entry;
    gasUsed += receipt.gasUsed;
    const draft = {
      hash: transactionHash(entry),
      index,
      blockNumber: receipt.blockNumber,
      l1: entry.l1,
      l1Index: entry.l1Index,
      rootAfter: entry.rootAfter,
      receipt,
      firstLogIndex,
      logsBloom: bloomOf(receipt.logs),
      cumulativeGasUsed: gasUsed,
    };
    firstLogIndex += receipt.logs.length;
    return draft;
  });
  const receipts = drafts.map(({ receipt, cumulativeGasUsed }) => ({
    success: receipt.success,
    cumulativeGasUsed,
    logs: receipt.logs.map(({ address, topics, data }) => ({ emitter: address, topics, data })),
  }));
  const [first] = entries;
  const block = withHash(rollup, {
    number: first.receipt.blockNumber,
    parentHash: parent.hash,
    // A visit that changed nothing leaves no time: the block may be gone on with later.
    timestamp: entries.at(-1)?.receipt.timestamp ?? parent.timestamp,
    stateRoot: entries.at(-1)?.rootAfter ?? parent.stateRoot,
    transactions: drafts.map(({ hash }) => hash),
    receiptsRoot: keccak256(encodeAbiParameters(RECEIPTS, [receipts])),
    logsBloom: bloomOf(entries.flatMap(({ receipt }) => receipt.logs)),
    gasUsed,
    l1BlockNumber: first.l1.blockNumber,
    firstVisit,
  });
  return { block, transactions: drafts.map((draft) => ({ ...draft, blockHash: block.hash })) };
}

function withHash(
  rollup: ChainId,
  header: Omit<ChronicleBlock, "hash" | "transactionsRoot">,
): ChronicleBlock {
  const { parentHash, number, timestamp, stateRoot, transactions, receiptsRoot, logsBloom, gasUsed } = header;
  const transactionsRoot = keccak256(encodeAbiParameters(HASHES, [transactions]));
  const encoding = encodeAbiParameters(BLOCK, [
    BLOCK_DOMAIN,
    rollup,
    parentHash,
    number,
    timestamp,
    numberToHex(stateRoot, { size: 32 }),
    transactionsRoot,
    receiptsRoot,
    keccak256(logsBloom),
    gasUsed,
  ]);
  return { ...header, transactionsRoot, hash: keccak256(encoding) };
}
