import { createPublicClient, type Hex, http } from "viem";
import { z } from "zod";
import type { L1Entry, ReplayedTransaction } from "./entry.ts";

/** Blocks come out otherwise than they were. */
export class ReplayDiffersError extends Error {
  constructor(block: bigint, expected: Hex, found: Hex | null) {
    super(`block ${block} was ${expected}, and is now ${found ?? "none"}`);
  }
}

type Ask = (method: string, ...params: unknown[]) => Promise<unknown>;

function connect(rpc: string) {
  const client = createPublicClient({ transport: http(rpc, { timeout: 120_000, retryCount: 0 }) });
  const ask: Ask = async (method, ...params) =>
    await client.request<{ Parameters: unknown[]; ReturnType: unknown }>({ method, params });
  return { client, ask };
}

/**
 * Makes everything happen again on a fresh node, with the same blocks, then lets its clock go on from there.
 * @param clock seconds by which it was ahead of this machine's.
 * @returns the head.
 * @throws {ReplayDiffersError}
 */
export async function replay(
  rpc: string,
  entries: readonly L1Entry[],
  clock: number,
  report: (news: string) => void = () => undefined,
): Promise<number> {
  const { client, ask } = connect(rpc);
  const owned = new Set(z.array(z.string().toLowerCase()).parse(await ask("eth_accounts")));
  await ask("evm_setAutomine", false);
  for (const [index, entry] of entries.entries()) {
    if (index % 200 === 0) report(`${Math.floor((index / entries.length) * 100)} %`);
    if (entry.kind === "request") {
      await ask(entry.method, ...entry.params);
      continue;
    }
    for (const transaction of entry.transactions) await send(ask, owned, transaction);
    await ask("evm_setNextBlockTimestamp", entry.timestamp);
    if (entry.count === 1) await ask("evm_mine");
    else await ask("hardhat_mine", `0x${entry.count.toString(16)}`, `0x${entry.interval.toString(16)}`);
    const { hash, number } = await client.getBlock();
    if (hash !== entry.hash) throw new ReplayDiffersError(number, entry.hash, hash);
  }
  await ask("evm_setAutomine", true);
  const { timestamp } = await client.getBlock({ blockTag: "pending" });
  const behind = Math.floor(Date.now() / 1_000) + clock - Number(timestamp);
  if (behind > 0) await ask("evm_increaseTime", behind);
  return Number(await client.getBlockNumber({ cacheTime: 0 }));
}

async function send(ask: Ask, owned: ReadonlySet<string>, transaction: ReplayedTransaction): Promise<void> {
  if ("raw" in transaction) {
    await ask("eth_sendRawTransaction", transaction.raw);
    return;
  }
  // What an account signs has another signature, and so another hash, than what is sent in its name.
  const isImpersonated = !owned.has(transaction.from.toLowerCase());
  if (isImpersonated) await ask("hardhat_impersonateAccount", transaction.from);
  await ask("eth_sendTransaction", transaction.request);
  if (isImpersonated) await ask("hardhat_stopImpersonatingAccount", transaction.from);
}
