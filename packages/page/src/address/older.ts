import * as z from "zod/mini";
import { quantity, type System } from "../chains/system.ts";
import type { Hex } from "../chains/rpc-types.ts";
import type { AddressCall } from "./load.ts";

/** Where calls of an account are searched for. */
export interface Searched {
  readonly chain: number;
  readonly address: Hex;
}

/** What a search found, and where the next one goes on. */
export interface OlderCalls {
  readonly calls: readonly AddressCall[];
  /** The oldest block that was looked into. */
  readonly from: number;
  /** False: the chain has no older block. */
  readonly hasOlder: boolean;
}

/** Calls that a search ends with. */
const PAGE = 25;
/** Blocks that a gateway looks into for one request (builder/gateway/README.md, "Otterscan"). */
const BLOCKS = 1_000;

const hex = z.string().check(z.regex(/^0x[0-9a-fA-F]*$/));
const transaction = z.object({ hash: hex, blockNumber: hex, from: hex, to: z.nullish(hex) });
const answer = z.object({ txs: z.array(transaction), lastPage: z.boolean() });

/**
 * A chain with accounts is searched itself. A ledger keeps no history: who calls its account does so on L1,
 * by the account's proxy there.
 */
export async function searchedFor(
  system: System,
  chain: number,
  address: Hex,
): Promise<Searched | undefined> {
  if (system.chain(chain)?.isEvm === true) return { chain, address };
  const { proxies } = await system.l1.request({
    method: "lockstep_getProxies",
    params: [address, quantity(chain)],
  });
  const proxy = proxies.find((each) => Number(each.chain) === 0 && each.deployed);
  return proxy && { chain: 0, address: proxy.address };
}

/**
 * The calls before a block, in pages.
 * @param before 0: from the latest block on.
 */
export async function olderCalls(
  system: System,
  { chain, address }: Searched,
  before: number,
): Promise<OlderCalls> {
  const gateway = system.ask(chain);
  try {
    const method = "ots_searchTransactionsBefore";
    const { txs, lastPage } = answer.parse(
      await gateway.request({ method, params: [address, before, PAGE] }, { retryCount: 0 }),
    );
    const calls = txs.map((each) => callOf(each, address));
    const from = calls.reduce(
      (oldest, { block }) => Math.min(oldest, block),
      before === 0 ? Infinity : before,
    );
    return { calls, from: Number.isFinite(from) ? from : 0, hasOlder: !lastPage && from > 1 };
  } catch (error) {
    if (codeOf(error) !== "SEARCH_TOO_LONG") throw error;
    const start = before === 0 ? Number(await gateway.request({ method: "eth_blockNumber" })) + 1 : before;
    const from = Math.max(start - BLOCKS, 1);
    return { calls: [], from, hasOlder: from > 1 };
  }
}

function callOf({ hash, blockNumber, from, to }: z.infer<typeof transaction>, address: Hex): AddressCall {
  const [sender, target] = [from.toLowerCase(), to?.toLowerCase()];
  const found = { hash: hexOf(hash), block: Number(blockNumber) };
  if (target === address) return { ...found, direction: "in", other: hexOf(sender) };
  if (sender === address)
    return { ...found, direction: "out", other: target === undefined ? null : hexOf(target) };
  return { ...found, direction: "within", other: target === undefined ? null : hexOf(target) };
}

function hexOf(text: string): Hex {
  return `0x${text.slice(2)}`;
}

const refusal = z.object({ data: z.object({ code: z.string() }) });

/** Lockstep's own code of an error, which viem wraps. */
function codeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const parsed = refusal.safeParse(each);
    if (parsed.success) return parsed.data.data.code;
  }
  return undefined;
}
