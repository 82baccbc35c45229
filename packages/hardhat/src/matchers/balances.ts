import { type ChainProvider, type OnChain, onChain } from "./on-chain.ts";
import { included, type SentTransaction } from "./sent.ts";

/** Balances of accounts after a block of their chain. */
export type ReadBalances = (block: number) => Promise<readonly bigint[]>;

export interface Change {
  readonly sent: SentTransaction;
  readonly place: OnChain;
  /** By account, in their order. */
  readonly by: readonly bigint[];
}

/**
 * By what a transaction changed balances on the provider's chain: those after its blocks there, less those
 * before. Nothing where it did nothing there.
 * @throws {Error} when its blocks hold anything besides it and the batches that served it.
 */
export async function changesOf(
  subject: unknown,
  provider: ChainProvider,
  read: ReadBalances,
): Promise<Change> {
  const sent = await included(subject);
  const place = await onChain(provider, sent.hash);
  const numbers = place.receipts.map(({ blockNumber }) => blockNumber);
  if (numbers.length === 0) {
    const { length } = await read(Number(await provider.send("eth_blockNumber", [])));
    return { sent, place, by: Array.from({ length }, () => 0n) };
  }
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  for (let number = first; number <= last; number++) await assertAlone(provider, place, number);
  const [before, after] = await Promise.all([read(first - 1), read(last)]);
  return { sent, place, by: after.map((balance, index) => balance - (before[index] ?? 0n)) };
}

async function assertAlone(provider: ChainProvider, place: OnChain, number: number): Promise<void> {
  const block = await provider.getBlock(number, false);
  const own = new Set([...place.receipts.map(({ hash }) => hash), ...place.serving]);
  const others = (block?.transactions ?? []).filter((hash) => !own.has(hash));
  if (others.length > 0)
    throw new Error(
      `block ${number} has other transactions besides, so it does not tell what this one changed: ${others.join(", ")}`,
    );
}

/** What the sender paid for the transaction on this chain; nothing on every other one. */
export function feeOf({ sent, place: { isOwn, receipts } }: Change, account: string): bigint {
  const [receipt] = receipts;
  if (!isOwn || receipt === undefined || account.toLowerCase() !== sent.from.toLowerCase()) return 0n;
  return receipt.gasPrice * receipt.gasUsed;
}
