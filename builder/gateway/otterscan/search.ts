import type { Address, Hex } from "viem";
import { LockstepError } from "../../protocol/errors.ts";
import {
  type BlockReceipt,
  type BlockTransaction,
  type ChainReader,
  type RawBlock,
  type Shown,
  walk,
} from "./chain.ts";

/** Most blocks that one request looks into. */
const MAX_BLOCKS = 1_000n;

/** What is looked for is not in the blocks that one request looks into. */
export class SearchTooLongError extends LockstepError {
  /** @param canGoOn whether another request can search on from there. */
  constructor(from: bigint, to: bigint, canGoOn: boolean) {
    const said = `there is nothing in blocks ${from} to ${to}, and a request looks into ${MAX_BLOCKS} at most`;
    super("SEARCH_TOO_LONG", canGoOn ? `${said}; ask on from block ${to}` : said);
  }
}

/** Transactions in which an account takes part, the newest first. */
export interface FoundTransactions {
  readonly txs: readonly Shown[];
  readonly receipts: readonly Shown[];
  /** There are none that are newer. */
  readonly firstPage: boolean;
  /** There are none that are older. */
  readonly lastPage: boolean;
}

/**
 * Searches the blocks before one, the newest first, until there are as many transactions as that; all of a
 * block's are found.
 * @param before 0: from the latest block on.
 * @throws {SearchTooLongError}
 */
export async function searchBefore(
  chain: ChainReader,
  address: Address,
  before: bigint,
  size: number,
): Promise<FoundTransactions> {
  const latest = await chain.latest();
  const start = before === 0n || before > latest ? latest : before - 1n;
  const { found, next } = await scan(chain, address, { start, step: -1n, end: 1n }, size);
  return { ...found, firstPage: before === 0n || before > latest, lastPage: next < 1n };
}

/**
 * The same of the blocks after one.
 * @param after 0: from the first block on.
 * @throws {SearchTooLongError}
 */
export async function searchAfter(
  chain: ChainReader,
  address: Address,
  after: bigint,
  size: number,
): Promise<FoundTransactions> {
  const latest = await chain.latest();
  const { found, next } = await scan(chain, address, { start: after + 1n, step: 1n, end: latest }, size);
  const { txs, receipts } = found;
  return {
    txs: txs.toReversed(),
    receipts: receipts.toReversed(),
    firstPage: next > latest,
    lastPage: after === 0n,
  };
}

/** @returns what was found, in the direction of the search, and the block that comes next. */
async function scan(
  chain: ChainReader,
  address: Address,
  { start, step, end }: { readonly start: bigint; readonly step: 1n | -1n; readonly end: bigint },
  size: number,
): Promise<{ readonly found: { txs: Shown[]; receipts: Shown[] }; readonly next: bigint }> {
  const found: { txs: Shown[]; receipts: Shown[] } = { txs: [], receipts: [] };
  let number = start;
  for (; (end - number) * step >= 0n && found.txs.length < size; number += step) {
    if ((number - start) * step >= MAX_BLOCKS) {
      if (found.txs.length === 0) throw new SearchTooLongError(start, number - step, true);
      break;
    }
    const at = await chain.block(number);
    if (at === undefined || at.block.transactions.length === 0) continue;
    const own = await transactionsOf(chain, at, address);
    if (step < 0n) own.reverse();
    for (const { tx, receipt } of own) {
      found.txs.push(tx);
      found.receipts.push(receipt);
    }
  }
  return { found, next: number };
}

/** Transactions of the block in which the account takes part, in order. */
async function transactionsOf(
  chain: ChainReader,
  { block, raw }: RawBlock,
  address: Address,
): Promise<{ tx: Shown; receipt: Shown }[]> {
  let receipts: readonly BlockReceipt[] | undefined;
  const found: { tx: Shown; receipt: Shown }[] = [];
  for (const [index, transaction] of block.transactions.entries()) {
    const tx = raw.transactions[index];
    if (tx === undefined || !(await takesPart(chain, transaction, address))) continue;
    receipts ??= await chain.receipts(block);
    const receipt = receipts.find(({ read }) => read.transactionHash === transaction.hash);
    if (receipt !== undefined)
      found.push({ tx, receipt: { ...withoutLogs(receipt.raw), timestamp: block.timestamp } });
  }
  return found;
}

async function takesPart(
  chain: ChainReader,
  { hash, from, to }: BlockTransaction,
  address: Address,
): Promise<boolean> {
  if (from === address || to === address) return true;
  for (const { frame } of walk(await chain.framesOf(hash)))
    if (frame.from === address || frame.to === address) return true;
  return false;
}

/** Logs are what makes receipts large, and a list of transactions does not show them. */
export function withoutLogs(receipt: Shown): Shown {
  return { ...receipt, logs: null, logsBloom: null };
}

/**
 * The first block after which something holds that holds ever after, if it holds now.
 * @returns nothing if it holds from the first block on, or not at all.
 * @param holdsIn whether it began in a block, to be asked where states are not kept any more.
 * @throws {SearchTooLongError}
 */
export async function firstBlock(
  chain: ChainReader,
  holds: (block: bigint) => Promise<boolean>,
  holdsIn: (block: RawBlock) => Promise<boolean>,
): Promise<RawBlock | undefined> {
  const [oldest, latest] = await Promise.all([chain.oldest(), chain.latest()]);
  if (!(await holds(latest))) return undefined;
  if (await holds(oldest)) {
    if (oldest === 0n) return undefined;
    const last = oldest > MAX_BLOCKS ? oldest - MAX_BLOCKS : 0n;
    for (let number = oldest; number > last; number--) {
      const at = await chain.block(number);
      if (at !== undefined && (await holdsIn(at))) return at;
    }
    if (last > 0n) throw new SearchTooLongError(oldest, last + 1n, false);
    return undefined;
  }
  let [without, first] = [oldest, latest];
  while (first - without > 1n) {
    const middle = (first + without) / 2n;
    if (await holds(middle)) first = middle;
    else without = middle;
  }
  return await chain.block(first);
}

/** The transaction of the block that has created a contract, and the account that did. */
export async function creationIn(
  chain: ChainReader,
  { block }: RawBlock,
  contract: Address,
): Promise<{ readonly hash: Hex; readonly creator: Address } | undefined> {
  for (const { hash } of block.transactions)
    for (const { frame, undone } of walk(await chain.framesOf(hash)))
      if (!undone && frame.type.startsWith("CREATE") && frame.to === contract)
        return { hash, creator: frame.from };
  return undefined;
}
