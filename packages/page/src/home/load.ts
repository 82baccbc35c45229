import { quantity, type System } from "../chains/system.ts";
import type { Activity, Hex } from "../chains/rpc-types.ts";

/** A transaction in a block, as the lanes show it. */
export interface LaneTransaction {
  readonly hash: Hex;
  readonly from: Hex;
  readonly to: Hex | null;
}

/** A block of one chain, below the block of L1 in which it was settled. */
export interface LaneBlock {
  readonly chain: number;
  readonly number: number;
  readonly transactions: readonly LaneTransaction[];
}

/** One block of L1, and all that it settled. */
export interface LaneColumn {
  readonly l1Block: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly blocks: readonly LaneBlock[];
}

export interface Lanes {
  readonly head: number;
  /** The newest first. */
  readonly columns: readonly LaneColumn[];
}

/** Blocks that are shown beside each other. */
export const COLUMNS = 24;

/**
 * The lanes of all chains, in the columns of L1's blocks.
 * @param last block of L1 that is shown; undefined: its head.
 */
export async function loadLanes(system: System, last: number | undefined): Promise<Lanes> {
  const head = Number(await system.l1.request({ method: "eth_blockNumber" }));
  const newest = Math.min(last ?? head, head);
  const numbers = Array.from({ length: Math.min(COLUMNS, newest + 1) }, (_, index) => newest - index);
  const [l1Blocks, ...rollups] = await Promise.all([
    Promise.all(
      numbers.map(async (number) => {
        const params: [Hex, true] = [quantity(number), true];
        return await system.l1.request({ method: "eth_getBlockByNumber", params });
      }),
    ),
    ...system.chains
      .filter(({ id, isEvm }) => id !== 0 && isEvm)
      .map(async ({ id }) => await settledIn(system, id, numbers.at(-1) ?? 0, newest)),
  ]);
  const columns = l1Blocks.flatMap((block): LaneColumn[] => {
    if (block === null) return [];
    const l1Block = Number(block.number);
    const own: LaneBlock = { chain: 0, number: l1Block, transactions: transactionsOf(block.transactions) };
    const settled = rollups.flat().filter((each) => each.l1Block === l1Block);
    return [{ l1Block, timestamp: Number(block.timestamp), blocks: [own, ...settled] }];
  });
  return { head, columns };
}

/** Blocks of a rollup that these blocks of L1 settled, found from its head backwards. */
async function settledIn(
  system: System,
  chain: number,
  first: number,
  last: number,
): Promise<(LaneBlock & { readonly l1Block: number })[]> {
  const gateway = system.ask(chain);
  const found: (LaneBlock & { readonly l1Block: number })[] = [];
  const head = await gateway.request({ method: "eth_blockNumber" }).catch(() => "0x0" as const);
  // Each block of L1 settles one of a rollup at most: its number says where the older ones are.
  let at = Number(head);
  const ATTEMPTS = 4;
  for (let attempt = 0; attempt < ATTEMPTS && at > 0; attempt++) {
    const numbers = Array.from({ length: Math.min(COLUMNS, at) }, (_, index) => at - index);
    const blocks = await Promise.all(
      numbers.map(async (number) => {
        const params: [Hex, true] = [quantity(number), true];
        return await gateway.request({ method: "eth_getBlockByNumber", params }).catch(() => null);
      }),
    );
    let oldest = Infinity;
    for (const block of blocks) {
      const l1Block = block === null ? undefined : l1BlockOf(block.transactions[0]);
      if (block === null || l1Block === undefined) continue;
      oldest = Math.min(oldest, l1Block);
      if (l1Block < first || l1Block > last) continue;
      found.push({
        chain,
        number: Number(block.number),
        l1Block,
        transactions: transactionsOf(block.transactions),
      });
    }
    if (oldest <= first) break;
    at -= COLUMNS;
  }
  return found;
}

/** Where a rollup's transaction says that L1 carried it. */
function l1BlockOf(transaction: unknown): number | undefined {
  if (typeof transaction !== "object" || transaction === null || !("lockstep" in transaction))
    return undefined;
  const { lockstep } = transaction;
  if (typeof lockstep !== "object" || lockstep === null || !("l1BlockNumber" in lockstep)) return undefined;
  return Number(lockstep.l1BlockNumber);
}

function transactionsOf(
  transactions: readonly (Hex | { readonly hash: Hex; readonly from: Hex; readonly to: Hex | null })[],
): LaneTransaction[] {
  return transactions.flatMap((each) =>
    typeof each === "string" ? [] : [{ hash: each.hash, from: each.from, to: each.to }],
  );
}

/** Transactions that are asked for. */
export const ACTIVITY = 100;

/** Characters of a builder's reason that are shown: contracts choose the words of some. */
export const MOST_REASON = 400;

export async function loadActivity(system: System): Promise<Activity> {
  const method = "lockstep_getActivity";
  const activity = await system.l1.request({ method, params: [{ limit: ACTIVITY }] });
  const { transactions, failures, provers } = activity;
  for (const list of [transactions, failures, provers])
    if (!Array.isArray(list)) throw new TypeError(`${method}: the gateway's answer is not as documented`);
  // It was asked for that many.
  return { ...activity, transactions: transactions.slice(0, ACTIVITY) };
}
