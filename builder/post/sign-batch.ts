import { type Address, type Hex, parseGwei, size } from "viem";
import { BatchTooLargeError, MAX_TRANSACTION_GAS } from "../batch/limits.ts";
import { MAX_TABLE_BYTES, SLOT_BYTES } from "../batch/table-layout.ts";
import type { L1Client } from "../l1/client.ts";
import { LockstepError } from "../protocol/errors.ts";
import { contractErrorIn } from "./contract-error.ts";
import type { DryRun } from "./dry-run/dry-run.ts";
import { type GasMeasurement, isStarved } from "./dry-run/gas-measurement.ts";
import type { Bundle } from "./bundle.ts";

/** L1 would refuse the batch; `name` is the contract's error. */
export class BatchRefusedError extends LockstepError {
  constructor(name: string, options?: { cause?: unknown }) {
    super("BATCH_REFUSED", `Rollups refuses the batch: ${name}`, options);
  }
}

/** What the builder's own transactions offer. */
export const PRIORITY_FEE = parseGwei("1");
/** A slot that was never used, less one that was. */
const FRESH_SLOT_GAS = 17_100n;

/**
 * As much gas as the node says that the batch needs, and its callees may use; nothing if there is no batch.
 * @throws {BatchRefusedError}, {BatchTooLargeError}
 */
export async function measureBatch(
  { account, manager, batch: data, promised, next }: Bundle,
  dryRun: DryRun,
): Promise<bigint | undefined> {
  if (data === undefined) return undefined;
  const limit = limitOf(next);
  const measured = await dryRun.measure({ from: account.address, to: manager, input: data }, next, limit);
  return gasOf(measured, promised + roomFor(data), limit);
}

/**
 * Finds out before a batch is proven whether L1 could take it.
 * @param batch calldata with something in place of the proofs.
 * @param accepting the proof systems that will judge them.
 * @param verification gas that this will take at most.
 * @throws {BatchTooLargeError}
 */
export async function assertFits(
  { account, manager, batch: data, next }: Pick<Bundle, "account" | "manager" | "batch" | "next">,
  dryRun: DryRun,
  accepting: readonly Address[],
  verification: bigint,
): Promise<void> {
  if (data === undefined) return;
  const gas = limitOf(next) - verification;
  const transaction = { from: account.address, to: manager, input: data };
  if (gas > 0n && (await dryRun.fits(transaction, next, gas, accepting))) return;
  throw new BatchTooLargeError(
    "gas of postBatch",
    `with its proofs more than ${limitOf(next)}`,
    limitOf(next),
  );
}

/** Gas that a transaction of this block may have. */
export function limitOf({ gasLimit }: Bundle["next"]): bigint {
  return gasLimit < MAX_TRANSACTION_GAS ? gasLimit : MAX_TRANSACTION_GAS;
}

/** The transaction that posts the batch, if there is one. */
export async function signBatch(
  l1: L1Client,
  { account, chainId, manager, batch: data, next }: Bundle,
  gas: bigint | undefined,
): Promise<Hex | undefined> {
  if (data === undefined || gas === undefined) return undefined;
  return await account.signTransaction({
    type: "eip1559",
    chainId: Number(chainId),
    nonce: await l1.getTransactionCount({ address: account.address, blockTag: "pending" }),
    to: manager,
    data,
    gas,
    maxFeePerGas: next.baseFeePerGas * 2n + PRIORITY_FEE,
    maxPriorityFeePerGas: PRIORITY_FEE,
  });
}

/**
 * Tables of others that are posted in front of the batch in its block push its table into slots of storage
 * that may be fresh, where each costs so much more.
 */
function roomFor(batch: Hex): bigint {
  const slots = Math.ceil(Math.min(size(batch), MAX_TABLE_BYTES) / SLOT_BYTES);
  return BigInt(slots) * FRESH_SLOT_GAS;
}

function gasOf(measured: GasMeasurement, room: bigint, limit: bigint): bigint {
  const what = "gas of postBatch";
  if ("gas" in measured) {
    if (measured.gas > limit) throw new BatchTooLargeError(what, measured.gas, limit);
    // A tenth more: what the block holds before the batch can warm or cool a slot. And all that callees on L1
    // may use, who may do otherwise than when it was measured: those of one transaction must not make others
    // fail.
    const gas = (measured.gas * 11n) / 10n + room;
    return gas < limit ? gas : limit;
  }
  const { data, isOutOfGas, cause } = measured;
  const name = contractErrorIn(data);
  if (isOutOfGas || isStarved(data)) throw new BatchTooLargeError(what, `more than ${limit}`, limit);
  throw new BatchRefusedError(name ?? `it reverts with ${data}`, { cause });
}
