import { BaseError, type Hex, keccak256, type LocalAccount, parseGwei, type TransactionReceipt } from "viem";
import { BatchTooLargeError, MAX_TRANSACTION_GAS } from "../batch/limits.ts";
import type { L1Client } from "../l1/client.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { NextBlock } from "../simulate/block.ts";
import type { InclusionStore } from "../store/inclusion.ts";
import { contractErrorOf } from "./contract-error.ts";
import type { DryRun, Judge } from "./dry-run/dry-run.ts";
import { undoInclusion } from "./undo.ts";

/** L1 would refuse the batch; `name` is the contract's error. */
export class BatchRefusedError extends LockstepError {
  constructor(name: string, options?: { cause?: unknown }) {
    super("BATCH_REFUSED", `Rollups refuses the batch: ${name}`, options);
  }
}

/** What is to stand in one block, in this order. */
export interface Inclusion {
  /** Who posts the batch and pays for it. */
  readonly account: LocalAccount;
  readonly chainId: bigint;
  readonly manager: Hex;
  /** Calldata of `postBatch`; absent when nothing needs proofs. */
  readonly batch: Hex | undefined;
  /** Raw transactions of users, behind the batch. */
  readonly transactions: readonly Hex[];
  /** The block that they are for. */
  readonly next: NextBlock;
}

/** What came of it. */
export interface Included {
  readonly batch: TransactionReceipt | undefined;
  /** In the order given; a message instead of a receipt for one that L1 did not take. */
  readonly transactions: readonly (TransactionReceipt | { readonly refused: string })[];
}

/** How the block is tried before it counts. */
export interface Trial {
  readonly dryRun: DryRun;
  readonly judge: Judge;
}

const PRIORITY_FEE = parseGwei("1");

/**
 * Includes a batch and the transactions that need it in one block of a local node, once a dry run has shown that they do
 * there what they are meant to do. Automatic mining is off meanwhile and afterwards as it was. If that fails half way,
 * everything is taken back: at once, or by {@link undoInclusion} when the node answers again, in this process or the next.
 * The node must keep the order in which transactions arrive.
 * @param store remembers what has to be taken back.
 * @throws {BatchRefusedError}, {BatchTooLargeError} before anything was sent; what the judge throws, with nothing included.
 */
export async function includeInOneBlock(
  l1: L1Client,
  inclusion: Inclusion,
  store: InclusionStore,
  { dryRun, judge }: Trial,
): Promise<Included> {
  const batch = await signBatch(l1, inclusion);
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

async function signBatch(l1: L1Client, inclusion: Inclusion): Promise<Hex | undefined> {
  const { account, chainId, manager, batch: data, next } = inclusion;
  if (data === undefined) return undefined;
  const { baseFeePerGas, gasLimit } = next;
  const limit = gasLimit < MAX_TRANSACTION_GAS ? gasLimit : MAX_TRANSACTION_GAS;
  const [measured, nonce] = await Promise.all([
    measureBatch(l1, { account, manager, data, limit }),
    l1.getTransactionCount({ address: account.address, blockTag: "pending" }),
  ]);
  // A tenth more: what the block holds before the batch can warm or cool a slot.
  const gas = (measured * 11n) / 10n;
  return await account.signTransaction({
    type: "eip1559",
    chainId: Number(chainId),
    nonce,
    to: manager,
    data,
    gas: gas < limit ? gas : limit,
    maxFeePerGas: baseFeePerGas * 2n + PRIORITY_FEE,
    maxPriorityFeePerGas: PRIORITY_FEE,
  });
}

/** Contract errors that say nothing but that there was too little gas. */
const STARVED = ["InsufficientCallGas", "InsufficientProbeGas", "TransactionOutOfGas"];

/** Gas that `postBatch` needs. @throws {BatchRefusedError}, {BatchTooLargeError} */
async function measureBatch(
  l1: L1Client,
  { account, manager, data, limit }: { account: LocalAccount; manager: Hex; data: Hex; limit: bigint },
): Promise<bigint> {
  const what = "gas of postBatch";
  const measured = await l1.estimateGas({ account, to: manager, data }).catch((error: unknown) => {
    const name = contractErrorOf(error);
    const isStarved = name !== undefined && STARVED.some((starved) => name.startsWith(`${starved}(`));
    if (isStarved || isOutOfGas(error)) throw new BatchTooLargeError(what, `more than ${limit}`, limit);
    throw name === undefined ? error : new BatchRefusedError(name, { cause: error });
  });
  if (measured > limit) throw new BatchTooLargeError(what, measured, limit);
  return measured;
}

/** Whether a node says that no gas limit it allows is enough. Nodes have no code for that, only words. */
function isOutOfGas(error: unknown): boolean {
  return error instanceof BaseError && /out of gas|exceeds allowance/i.test(error.details);
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
