import { setTimeout as sleep } from "node:timers/promises";
import { type Hex, keccak256, toHex, type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import type { L1Client } from "../l1/client.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { InclusionStore } from "./inclusion-store.ts";
import type { DryRun, ResultCheck } from "./dry-run/dry-run.ts";
import type { BundleReceipts, Bundle } from "./bundle.ts";
import { measureBatch, signBatch } from "./sign-batch.ts";
import type { Turn, Turns } from "./turn.ts";
import { undoInclusion, withdraw } from "./undo-inclusion.ts";

/** How the block is tried before it counts. */
export interface Trial {
  readonly dryRun: DryRun;
  readonly judge: ResultCheck;
}

/**
 * L1 made a block before the builder did: what was played is no longer what would happen. Nothing was sent.
 */
export class HeadMovedError extends LockstepError {
  constructor() {
    super("HEAD_MOVED", "a block came in between");
  }
}

/**
 * Includes a batch and the transactions that need it in one block of a local node, once a dry run has shown
 * that they do there what they are meant to do. Builders take turns at it (`turn.ts`), and mining on demand
 * is off in a turn. If it fails half way, everything is taken back: at once, or by {@link undoInclusion}
 * when the node answers again, in this process or the next. The node must keep the order in which
 * transactions arrive.
 * @param store remembers what has to be taken back.
 * @throws {HeadMovedError}, {BatchRefusedError}, {BatchTooLargeError} before anything was sent; what the
 * judge throws, with nothing included.
 */
export async function includeInOneBlock(
  l1: L1Client,
  inclusion: Bundle,
  store: InclusionStore,
  turns: Turns,
  { dryRun, judge }: Trial,
): Promise<BundleReceipts> {
  const gas = await measureBatch(inclusion, dryRun);
  const holder = keccak256(toHex(crypto.randomUUID()));
  await store.begin({ holder, transactions: [] });
  try {
    const included = await turns.during(holder, async (turn) => {
      const late = await assertHead(l1, inclusion);
      const batch = await signBatch(l1, inclusion, gas);
      const raws = batch === undefined ? inclusion.transactions : [batch, ...inclusion.transactions];
      const transactions = raws.map((raw) => keccak256(raw));
      await store.begin({ holder, transactions });
      const draft = { l1ChainId: inclusion.chainId, next: inclusion.next, transactions: raws };
      try {
        return await dryRun.run(
          draft,
          judge,
          async () => await mineTogether(l1, inclusion, batch, turn, late),
        );
      } catch (error) {
        // Mining on demand comes back when the turn ends: what is not in a block must be gone by then.
        await patiently(() => withdraw(l1, transactions));
        throw error;
      }
    });
    await store.end();
    return included;
  } catch (error) {
    await undoInclusion(l1, store, turns).catch(() => undefined);
    throw error;
  }
}

/** A node that refuses one request may well take the next. */
async function patiently(work: () => Promise<void>, attempts = 5): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (attempts <= 1) throw error;
    await sleep(50);
    await patiently(work, attempts - 1);
  }
}

/**
 * Nothing is sent onto another block than the one that was played on.
 * @returns the seconds by which the block to be made is earlier than the node would make it.
 */
async function assertHead(l1: L1Client, { next }: Bundle): Promise<bigint> {
  const [{ hash }, { timestamp }] = await Promise.all([
    l1.getBlock({ blockTag: "latest" }),
    l1.getBlock({ blockTag: "pending" }),
  ]);
  if (hash !== next.parentHash) throw new HeadMovedError();
  return timestamp > next.timestamp ? timestamp - next.timestamp : 0n;
}

async function mineTogether(
  l1: L1Client,
  inclusion: Bundle,
  batch: Hex | undefined,
  turn: Turn,
  late: bigint,
): Promise<BundleReceipts> {
  await l1.setNextBlockTimestamp({ timestamp: inclusion.next.timestamp });
  const batchHash =
    batch === undefined ? undefined : await l1.sendRawTransaction({ serializedTransaction: batch });
  const sent: ({ hash: Hex } | { refused: string })[] = [];
  for (const raw of inclusion.transactions) {
    turn.assertOwn();
    sent.push(await send(l1, raw));
  }
  turn.assertOwn();
  await l1.mine({ blocks: 1 });
  // The node's clock goes on from the block's time: what it lost thereby it gets back.
  if (late > 0n) await l1.increaseTime({ seconds: Number(late) });
  return {
    batch: batchHash === undefined ? undefined : await l1.getTransactionReceipt({ hash: batchHash }),
    transactions: await Promise.all(
      sent.map(async (each) => ("hash" in each ? receiptOf(l1, each.hash) : each)),
    ),
  };
}

async function send(l1: L1Client, raw: Hex): Promise<{ hash: Hex } | { refused: string }> {
  try {
    return { hash: await l1.sendRawTransaction({ serializedTransaction: raw }) };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

/** What the block did not take must not be included later, without its batch. */
async function receiptOf(l1: L1Client, hash: Hex): Promise<TransactionReceipt | { refused: string }> {
  try {
    return await l1.getTransactionReceipt({ hash });
  } catch (error) {
    // Any other error says nothing of what the block holds.
    if (!(error instanceof TransactionReceiptNotFoundError)) throw error;
    await l1.dropTransaction({ hash });
    return { refused: "the block had no room for it" };
  }
}
