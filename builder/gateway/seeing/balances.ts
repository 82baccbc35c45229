import { type Address, numberToHex } from "viem";
import { readRollups } from "../../l1/head.ts";
import type { L1Client } from "../../l1/client.ts";
import { LockstepError } from "../../protocol/errors.ts";
import type { ChainId } from "../../protocol/ids.ts";
import { isRefusal } from "./fates.ts";
import type { ServedBatch } from "./served-batch.ts";
import { type Balances, balancesAfter } from "./states.ts";

/**
 * With which Ether of the rollups L1 comes to each execution of a batch: what it held before the block, and
 * what took effect in the block before.
 * @returns nothing where the node does not have the state before the block any more.
 */
export async function balancesAtStart(
  l1: L1Client,
  manager: Address,
  blockNumber: bigint,
  { batch, fates, consumed, transactions }: ServedBatch,
): Promise<readonly Balances[] | undefined> {
  const rollups = new Set(consumed.flatMap(({ fate }) => fate.execution.visits.map(({ rollup }) => rollup)));
  for (const { execution } of fates) for (const { rollup } of execution.visits) rollups.add(rollup);
  const before = await balancesBefore(l1, manager, blockNumber, [...rollups]);
  if (before === undefined) return undefined;
  return fates.map(({ logIndex, calledBy }) => {
    const turn = calledBy === undefined ? -1 : transactions.indexOf(calledBy);
    let balances = before;
    for (const { fate, transaction } of consumed) {
      const isEarlier =
        logIndex === undefined
          ? transaction === batch.transaction || transactions.indexOf(transaction) < turn
          : (fate.logIndex ?? 0) < logIndex;
      if (isEarlier) balances = balancesAfter(fate.execution, fate.path, fate.ending ?? 0, balances);
    }
    return balances;
  });
}

async function balancesBefore(
  l1: L1Client,
  manager: Address,
  blockNumber: bigint,
  rollups: readonly ChainId[],
): Promise<Balances | undefined> {
  try {
    const { hash } = await l1.getBlock({ blockNumber: blockNumber - 1n });
    const read = await readRollups(l1, manager, rollups, hash);
    return new Map([...read].map(([id, { balance }]) => [id, balance]));
  } catch (error) {
    if (error instanceof LockstepError || isRefusal(error)) return undefined;
    throw error;
  }
}

/** A rollup's Ether as JSON-RPC shows it. */
export function shownBalance(balances: Balances | undefined, rollup: ChainId): `0x${string}` | null {
  return balances === undefined ? null : numberToHex(balances.get(rollup) ?? 0n);
}
