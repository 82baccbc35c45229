import type { Hex, LocalAccount, TransactionReceipt } from "viem";
import type { NextBlock } from "../l1/head.ts";

/** What is to stand in one block, in this order. */
export interface Bundle {
  /** Who posts the batch and pays for it. */
  readonly account: LocalAccount;
  readonly chainId: bigint;
  readonly manager: Hex;
  /** Calldata of `postBatch`; absent when nothing needs proofs. */
  readonly batch: Hex | undefined;
  /** Gas that the batch has promised to callees on L1, which they may use up or not. */
  readonly promised: bigint;
  /** Raw transactions of users, behind the batch. */
  readonly transactions: readonly Hex[];
  /** The block that they are for. */
  readonly next: NextBlock;
}

/** What came of it. */
export interface BundleReceipts {
  readonly batch: TransactionReceipt | undefined;
  /** In the order given; a message instead of a receipt for one that L1 did not take. */
  readonly transactions: readonly (TransactionReceipt | { readonly refused: string })[];
}
