import { type Hex, keccak256, type TransactionReceipt } from "viem";
import type { L1Client } from "../l1/client.ts";
import type { InclusionStore } from "./open-inclusion.ts";
import type { DryRun, Judge } from "./dry-run/dry-run.ts";
import type { Included, Inclusion } from "./inclusion.ts";
import { signBatch } from "./sign-batch.ts";
import { undoInclusion } from "./undo.ts";

/** How the block is tried before it counts. */
export interface Trial {
  readonly dryRun: DryRun;
  readonly judge: Judge;
}

/**
 * Includes a batch and the transactions that need it in one block of a local node, once a dry run has shown
 * that they do there what they are meant to do. Automatic mining is off meanwhile and afterwards as it was.
 * If that fails half way, everything is taken back: at once, or by {@link undoInclusion} when the node
 * answers again, in this process or the next. The node must keep the order in which transactions arrive.
 * @param store remembers what has to be taken back.
 * @throws {BatchRefusedError}, {BatchTooLargeError} before anything was sent; what the judge throws, with
 * nothing included.
 */
export async function includeInOneBlock(
  l1: L1Client,
  inclusion: Inclusion,
  store: InclusionStore,
  { dryRun, judge }: Trial,
): Promise<Included> {
  const batch = await signBatch(l1, inclusion, dryRun);
  const raws = batch === undefined ? inclusion.transactions : [batch, ...inclusion.transactions];
  const draft = { l1ChainId: inclusion.chainId, next: inclusion.next, transactions: raws };
  return await dryRun.run(draft, judge, async () => {
    const automine = await l1.getAutomine();
    await store.begin({ automine, transactions: raws.map((raw) => keccak256(raw)) });
    try {
      const included = await mineTogether(l1, inclusion, batch);
      if (automine) await l1.setAutomine(true);
      await store.end();
      return included;
    } catch (error) {
      await undoInclusion(l1, store).catch(() => undefined);
      throw error;
    }
  });
}

async function mineTogether(l1: L1Client, inclusion: Inclusion, batch: Hex | undefined): Promise<Included> {
  await l1.setAutomine(false);
  await l1.setNextBlockTimestamp({ timestamp: inclusion.next.timestamp });
  const batchHash =
    batch === undefined ? undefined : await l1.sendRawTransaction({ serializedTransaction: batch });
  const sent: ({ hash: Hex } | { refused: string })[] = [];
  for (const raw of inclusion.transactions) sent.push(await send(l1, raw));
  await l1.mine({ blocks: 1 });
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
  } catch {
    await l1.dropTransaction({ hash });
    return { refused: "the block had no room for it" };
  }
}
